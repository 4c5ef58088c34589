"""Write what the proxy has seen as a script that `infisical-mock parity` plays."""
