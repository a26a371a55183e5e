"""A served fake under many clients for a long time, while its rules change: what must not happen is counted."""
