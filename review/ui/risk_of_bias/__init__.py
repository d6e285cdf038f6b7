"""The page of risk of bias."""
