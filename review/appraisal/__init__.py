"""Risk of bias: forms, who judged what, and what was agreed."""
