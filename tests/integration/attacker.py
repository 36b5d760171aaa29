"""Another user's process that talks to an actor as tractor's own peers do, without any proof.

Run as root: `python -m tests.integration.attacker HOST PORT VARIANT MARK`; it becomes uid 65534
before its first connection. VARIANT is how a connection ends: stay, close or reset. MARK is a
file that an attack which works would create; one that runs a command creates MARK-run.
Prints, as JSON, the bytes that each attack got back.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys

import msgspec

from piker.runtime.peers import GREETING, NONCE_BYTES

NOBODY = 65534
PATIENCE_S = 1.0


def frames(*messages: object) -> bytes:
    """Return a handshake and requests as tractor's own peers send them."""
    content = b''
    for message in (['attacker', 'a-uid'], *messages):
        body = msgspec.msgpack.encode(message)
        content += struct.pack('<I', len(body)) + body
    return content


def attacks(mark: str) -> dict[str, bytes]:
    """Return what to send so as to do harm, by name."""
    me = ['attacker', 'a-uid']
    where = ['127.0.0.1', 9]

    def command(namespace: str, function: str, kwargs: dict[str, object]) -> bytes:
        return frames({'cmd': [namespace, function, kwargs, me, 'call-1']})

    return {
        'enabled function': command('tests.integration.daemons', 'touch', {'path': mark}),
        'remote function': command('tests.integration.daemons', 'greet', {'name': 'x'}),
        'imported function': command(
            'tests.integration.daemons', 'run_process', {'command': ['touch', f'{mark}-run']}
        ),
        'registry read': command('self', 'get_registry', {}),
        'registry poisoned': command(
            'self', 'register_actor', {'uid': ['brokerd.test', 'evil'], 'sockaddr': where}
        ),
        'cancel': command('self', 'cancel', {}),
        'own function': command('self', 'load_modules', {}),
        # The right first step of a proof: the uid is looked at before even this is read.
        'greeting': GREETING + bytes(NONCE_BYTES),
    }


def attack(address: tuple[str, int], content: bytes, variant: str) -> bytes:
    """Send bytes, and return what came back."""
    got = b''
    # Not create_connection: it would look up a codec, and nobody may not read our interpreter.
    with socket.socket(socket.AF_INET) as stream:
        stream.settimeout(PATIENCE_S)
        try:
            stream.connect(address)
            stream.sendall(content)
            if variant == 'reset':
                stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            while variant == 'stay' and (part := stream.recv(4096)):
                got += part
        except OSError:
            pass
    return got


def main() -> None:
    """Become nobody, attack in every way, and report."""
    host, port, variant, mark = sys.argv[1:]
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    answers = {
        name: attack((host, int(port)), content, variant).hex()
        for name, content in attacks(mark).items()
    }
    sys.stdout.write(json.dumps(answers))


if __name__ == '__main__':
    main()
