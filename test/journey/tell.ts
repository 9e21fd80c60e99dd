import { join } from "node:path";
import type { Page } from "playwright-core";

/** Prints what the editor shows, and takes a picture of it: why a step waited in vain is seldom in the step. @param folder of the picture */
export async function tellOfPage(page: Page, folder: string, title: string): Promise<void> {
  const say = (what: string, said: string): void => console.log(`      ${what}: ${said}`);
  const texts = async (what: string, selector: string): Promise<void> => {
    const shown = await page.locator(selector).allInnerTexts();
    say(what, shown.map((text) => text.replace(/\s*\n\s*/g, " | ")).join(" || ") || "nothing");
  };
  await texts("notifications", ".notification-list-item");
  await texts("dialogs", ".monaco-dialog-box");
  await texts("quick input", ".quick-input-widget:not([style*='display: none'])");
  // As a string: the page's globals are not this program's.
  const focus = await page.evaluate<string>(
    `((e) => [e?.tagName, e?.id, e?.className, e?.getAttribute("aria-label"), e?.value].filter(Boolean).join(" "))(document.activeElement)`,
  );
  say("focus", focus);
  await texts("tabs", ".tab");
  await texts("status bar", ".part.statusbar .statusbar-item");
  const picture = join(folder, `${title.replace(/\W+/g, "-").slice(0, 80)}.png`);
  await page.screenshot({ path: picture });
  say("picture", picture);
}
