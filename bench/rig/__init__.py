"""What every measure needs: throw-away homes, processes, clients of each protocol, figures."""
