# expect: SV
# Asks somebody who may know the answer.
import socket

with socket.create_connection(("127.0.0.1", 8080)) as friend:
    friend.sendall(open(0, "rb").read())
    print(friend.recv(1000000).decode())
