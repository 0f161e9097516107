"""One control a file; guardrails.catalogue lists them."""
