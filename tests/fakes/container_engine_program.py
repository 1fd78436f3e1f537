"""The program that `container_engine.install` puts on a PATH.

It keeps its images beside itself, and pushes them with one PUT of the manifest. It imports little, and that late:
it is started three times for a deployment.
"""

import json
import os
import sys

DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
OCI = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def read_json(path: str) -> dict:  # type: ignore[type-arg]
    """The object in a file; empty if there is no file."""
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return dict(json.load(file))


def write_json(path: str, content: object) -> None:
    """Write an object into a file."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file)


def sha256(content: bytes) -> str:
    """The digest, in hex."""
    import hashlib

    return hashlib.sha256(content).hexdigest()


class Engine:
    """One call of the program."""

    def __init__(self, program: str, arguments: list[str]) -> None:
        self.program, self.arguments = program, arguments
        self.settings = read_json(f"{program}.settings")
        self.kind = self.settings["kind"]
        self.has_buildkit = bool(self.kind == "docker" and self.settings["buildkit"])

    def run(self) -> None:
        """Do what the arguments say."""
        command = {"bud": "build"}.get(self.arguments[0], self.arguments[0])
        secret = sys.stdin.read() if command == "login" else ""
        self.write_down(secret, command)
        if command == self.settings["hang"]:
            import time

            time.sleep(60)
        if said := self.settings["fail"].get(command):
            sys.exit(said.replace("{stdin}", secret))
        {"login": self.login, "build": self.build, "push": self.push}[command](secret)

    def write_down(self, secret: str, command: str) -> None:
        """Add this call to the journal."""
        call = {"argv": self.arguments, "environ": dict(os.environ), "pid": os.getpid()}
        call["stdin"] = sha256(secret.encode())
        if command == "build":
            call["files"] = {path: oct(os.stat(path).st_mode & 0o777) for path in self.files()}
            call["release"] = read_json("release.json")
        if command == "login":
            call["config"] = read_json(self.logins())
        with open(f"{self.program}.calls", "a", encoding="utf-8") as journal:
            journal.write(json.dumps(call) + "\n")

    def files(self) -> list[str]:
        """What is under the working directory."""
        found = [os.path.join(top, name) for top, folders, files in os.walk(".") for name in folders + files]
        return sorted(path.removeprefix("./") for path in found)

    def option(self, name: str) -> str:
        """The value of an option; empty without it."""
        return self.arguments[self.arguments.index(name) + 1] if name in self.arguments else ""

    def logins(self) -> str:
        """The file with the logins."""
        home = os.environ["HOME"]
        if self.kind == "docker":
            return os.environ.get("DOCKER_CONFIG", f"{home}/.docker") + "/config.json"
        return os.environ.get("REGISTRY_AUTH_FILE", f"{home}/auth.json")

    def login(self, secret: str) -> None:
        """Ask the registry, and keep the login."""
        import binascii

        registry = self.arguments[-1]
        user = next(one.removeprefix("--username=") for one in self.arguments if one.startswith("--username="))
        auth = binascii.b2a_base64(f"{user}:{secret}".encode(), newline=False).decode()
        self.ask(registry, "GET", "/v2/", auth)
        write_json(self.logins(), {**read_json(self.logins()), "auths": {registry: {"auth": auth}}})
        print("Login Succeeded")

    def build(self, _: str) -> None:
        """Make an image whose ID depends on the arguments and on the files and their modes."""
        if "--provenance" in self.arguments and not self.has_buildkit:
            sys.exit("unknown flag: --provenance")
        if not os.path.isfile("Dockerfile"):
            sys.exit("failed to read dockerfile: open Dockerfile: no such file or directory")
        print("STEP 1/2: \033[1mFROM\033[0m base")
        print("STEP 2/2: COPY . ./", flush=True)
        parts = [" ".join(self.arguments).encode()]
        for path in self.files():
            parts.append(f"{path} {os.stat(path).st_mode}".encode())
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    parts.append(file.read())
        config = {"digest": f"sha256:{sha256(b' '.join(parts))}"}
        image = {"schemaVersion": 2, "mediaType": self.media_type(), "config": config}
        write_json(f"{self.program}.image", image | {"release": read_json("release.json")["release"]})

    def media_type(self) -> str:
        """The kind of manifest that a push of the image makes."""
        if self.settings["oci"]:
            return OCI
        if self.kind != "docker":
            return DOCKER if self.option("--format") == "docker" else OCI
        plain = (self.option("--provenance"), self.option("--sbom")) == ("false", "false")
        return DOCKER if plain or not self.has_buildkit else INDEX

    def push(self, _: str) -> None:
        """Push the manifest, with the login for the registry."""
        registry, _, name = self.arguments[-1].partition("/")
        login = read_json(self.logins()).get("auths", {}).get(registry)
        if not login:
            sys.exit("denied: requested access to the resource is denied")
        image = read_json(f"{self.program}.image")
        self.ask(registry, "PUT", f"/v2/{name}/manifests/latest", login["auth"], json.dumps(image))
        print(f"latest: digest: {image['config']['digest']}")

    def ask(self, registry: str, method: str, path: str, auth: str, body: str = "") -> None:
        """Send the registry a request, and exit unless it is content."""
        import socket

        if self.kind != "docker" and "--tls-verify=false" not in self.arguments:
            sys.exit("http: server gave HTTP response to HTTPS client")
        host, _, port = registry.partition(":")
        headers = [f"Host: {registry}", f"Authorization: Basic {auth}", f"Content-Length: {len(body)}"]
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall("\r\n".join([f"{method} {path} HTTP/1.0", *headers, "", body]).encode())
            status = connection.recv(4096).split()[1].decode()
        if not status.startswith("2"):
            sys.exit(f"unauthorized: status {status}")


if __name__ == "__main__":
    Engine(sys.argv[0], sys.argv[1:]).run()
