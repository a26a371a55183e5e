"""Wrong servers, each with one mistake: what a contract suite is worth is the share of them that it finds."""
