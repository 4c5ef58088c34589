"""The files of `examples/scale` that hold the configuration of nginx."""

from collections.abc import Sequence
from pathlib import Path

_TEMPLATE = Path(__file__).with_name("nginx.conf")
_MAIN = "worker_processes auto;\npid /tmp/nginx.pid;\nerror_log stderr warn;\n"
_HEAD = """\
# Three servers behind nginx: kubectl apply -f kubernetes.yaml
# Clients use http://infisical-mock:8080. Each world stays on one server, by nginx.conf below.
apiVersion: v1
kind: Service
metadata:
  name: infisical-mock-servers
spec:
  clusterIP: None # headless: nginx addresses each server by its name
  publishNotReadyAddresses: true
  selector: { app: infisical-mock }
  ports:
    - { name: http, port: 8080 }
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: infisical-mock
spec:
  serviceName: infisical-mock-servers
  replicas: 3 # as many as nginx.conf names
  podManagementPolicy: Parallel
  selector:
    matchLabels: { app: infisical-mock }
  template:
    metadata:
      labels: { app: infisical-mock }
    spec:
      automountServiceAccountToken: false
      containers:
        - name: infisical-mock
          image: infisical-mock:0.1.0
          ports:
            - { name: http, containerPort: 8080 }
          startupProbe:
            httpGet: { path: /_mock/health, port: http }
            periodSeconds: 1
            failureThreshold: 30
          readinessProbe:
            httpGet: { path: /_mock/health, port: http }
          resources:
            requests: { cpu: 250m, memory: 128Mi }
            limits: { memory: 512Mi }
          securityContext:
            runAsNonRoot: true
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
            capabilities: { drop: [ALL] }
---
apiVersion: v1
kind: Service
metadata:
  name: infisical-mock
spec:
  selector: { app: infisical-mock-nginx }
  ports:
    - { name: http, port: 8080, targetPort: http }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: infisical-mock-nginx
spec:
  selector:
    matchLabels: { app: infisical-mock-nginx }
  template:
    metadata:
      labels: { app: infisical-mock-nginx }
    spec:
      automountServiceAccountToken: false
      containers:
        - name: nginx
          image: nginxinc/nginx-unprivileged:1.28 # `resolve` needs nginx 1.27.3
          ports:
            - { name: http, containerPort: 8080 }
          readinessProbe:
            httpGet: { path: /_mock/health, port: http }
          securityContext:
            runAsNonRoot: true
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
            capabilities: { drop: [ALL] }
          volumeMounts:
            - { name: configuration, mountPath: /etc/nginx/nginx.conf, subPath: nginx.conf, readOnly: true }
            - { name: tmp, mountPath: /tmp }
            - { name: tmp, mountPath: /var/cache/nginx }
      volumes:
        - name: configuration
          configMap: { name: infisical-mock-nginx }
        - { name: tmp, emptyDir: {} }
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: infisical-mock-nginx
data:
  nginx.conf: |
"""


def configuration(listen: str, servers: Sequence[str], main: str = "", upstream: str = "") -> str:
    """Return the text of `nginx.conf`.

    `listen` is the argument of nginx's `listen`, such as `127.0.0.1:8080`; `servers` are those of its upstream, with
    their parameters; `main` and `upstream` are further directives of these contexts, a line each.
    """
    lines = [*upstream.splitlines(), *(f"server {each} max_fails=0;" for each in servers)]
    values = {
        "@MAIN@": main,
        "@LISTEN@": f"        listen {listen};",
        "@SERVERS@": "\n".join(f"        {line}" for line in lines),
    }
    text = _TEMPLATE.read_text("utf-8")
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


def nginx_conf() -> str:
    """Return the configuration for the servers of `compose.yaml`."""
    return configuration("8080", [f"mock-{number}:8080" for number in (1, 2, 3)], _MAIN)


def kubernetes() -> str:
    """Return the manifests, with the configuration for the pods of the StatefulSet."""
    servers = [f"infisical-mock-{number}.infisical-mock-servers:8080 resolve" for number in (0, 1, 2)]
    upstream = "zone infisical_mock 256k;\nresolver kube-dns.kube-system.svc.cluster.local valid=5s;"
    text = configuration("8080", servers, _MAIN, upstream)
    return _HEAD + "".join(f"    {line}".rstrip() + "\n" for line in text.splitlines())
