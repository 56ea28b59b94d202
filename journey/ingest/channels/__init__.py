"""Where visits came from: tags, rules, and what other rules would make of them."""
