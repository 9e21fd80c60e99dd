/** What stands in a job's folder for whoever trains it: how to, and the command itself. */
import { counted } from "../../text/counted";
import type { TrainingJob } from "./job-folder";

/** `train.py`: the package in the folder, whatever else is installed. */
export const TRAIN = `"""Trains the job in this folder: see README.md."""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER / "training"))

from glossator_training.job import main  # noqa: E402

sys.exit(main(FOLDER))
`;

/** `README.md`. */
export function jobReadme({ made, model, tasks }: Pick<TrainingJob, "made" | "model" | "tasks">): string {
  const what = tasks.map(
    ({ task, decisions, examples }) =>
      `- ${task}: ${counted(decisions, "decision")} in ${counted(examples, "example")}`,
  );
  return `# Training job

Exported by Glossator on ${made.slice(0, 10)}, for the model ${model.name}, version ${model.version}:

${what.join("\n")}

With Python 3.11 or later:

\`\`\`sh
python -m pip install -r training/requirements.txt
python train.py
\`\`\`

That trains on a GPU where PyTorch finds one, else on the CPU. On several GPUs, or several processes of one machine:

\`\`\`sh
torchrun --nproc-per-node 4 train.py
\`\`\`

On a Ray cluster, with this folder at the same path on every machine (a shared disk):

\`\`\`sh
python -m pip install -r training/requirements-cluster.txt
python train.py --ray auto --workers 4
\`\`\`

It writes the folder \`result\`: a model folder (\`result/model\`), and a decoder for each part of the examples that was held out. Bring the
whole folder back with *Glossator: Import Trained Model…*, or \`glossator teach --import FOLDER\`: it is measured like what is taught in the
editor, and used if it is better. A run that is stopped begins anew.

The folder holds your texts (\`data\`), and the model. \`data/*.jsonl\` are the examples as *Show Training Examples* lists them, with the
tokens that the model reads; \`data/*-other.jsonl\` is text that nobody decided on, which is replayed so that nothing is forgotten.
Nothing is sent anywhere.
`;
}
