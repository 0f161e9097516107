"""One control a file, in one folder a family; guardrails.catalogue lists them."""
