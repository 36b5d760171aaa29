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

NOBODY = 65534
PATIENCE_S = 1.0


def attacks(mark: str) -> dict[str, list[object]]:
    """Return the requests that would do harm, by name."""
    me = ['attacker', 'a-uid']
    where = ['127.0.0.1', 9]

    def command(namespace: str, function: str, kwargs: dict[str, object]) -> dict[str, object]:
        return {'cmd': [namespace, function, kwargs, me, 'call-1']}

    return {
        'enabled function': [command('tests.integration.daemons', 'touch', {'path': mark})],
        'remote function': [command('tests.integration.daemons', 'greet', {'name': 'x'})],
        'imported function': [
            command(
                'tests.integration.daemons', 'run_process', {'command': ['touch', f'{mark}-run']}
            )
        ],
        'registry read': [command('self', 'get_registry', {})],
        'registry poisoned': [
            command('self', 'register_actor', {'uid': ['brokerd.test', 'evil'], 'sockaddr': where})
        ],
        'cancel': [command('self', 'cancel', {})],
        'own function': [command('self', 'load_modules', {})],
    }


def attack(address: tuple[str, int], messages: list[object], variant: str) -> bytes:
    """Send a handshake and requests, and return what came back."""
    frames = b''
    for message in (['attacker', 'a-uid'], *messages):
        body = msgspec.msgpack.encode(message)
        frames += struct.pack('<I', len(body)) + body
    got = b''
    # Not create_connection: it would look up a codec, and nobody may not read our interpreter.
    with socket.socket(socket.AF_INET) as stream:
        stream.settimeout(PATIENCE_S)
        try:
            stream.connect(address)
            stream.sendall(frames)
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
        name: attack((host, int(port)), messages, variant).hex()
        for name, messages in attacks(mark).items()
    }
    sys.stdout.write(json.dumps(answers))


if __name__ == '__main__':
    main()
