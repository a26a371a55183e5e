"""What can go wrong, one class an effect: of the API, of a request's life, of a gateway, of the socket, of media."""
