"""Projects that use the tool: made from the template, or with the tool added to what is there."""
