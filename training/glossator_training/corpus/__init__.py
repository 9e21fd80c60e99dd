"""Labels of a corpus that is larger than one machine: cut into parts, each labelled by the program that labels in the editor."""
