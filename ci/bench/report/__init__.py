"""What the gate found, for people and for programs: terminal, JSON, JUnit, Markdown, a page with pictures."""
