"""The contract suite: is *this server* right? The same checks for the fake and for the live API."""
