"""`postroom serve`: every face that is reached by the network, as one application on one socket.

    serve.py         opens the room and serves it until told to stop
    application.py   which face answers at which path
    listening.py     the socket
    own_token.py     the token that lies in the home

The faces themselves are `postroom.mcp` and `postroom.web`.
"""
