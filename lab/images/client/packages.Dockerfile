# The packages of the workstation, without its configuration. The engine builds this image beside
# dc1.
ARG BASE
FROM ${BASE}
RUN echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/spnlab \
 && printf 'path-exclude=/usr/share/%s/*\n' doc man locale info lintian >>/etc/dpkg/dpkg.cfg.d/spnlab \
 && apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends \
      krb5-user curl faketime tcpdump samba-common-bin tdb-tools ldap-utils libsasl2-modules-gssapi-mit \
      libjs-xterm >/dev/null \
 && rm -rf /var/lib/apt/lists /var/cache/apt/archives/*.deb /var/cache/apt/*.bin \
 # No user of the host has this id. systemd gives ids up to 65519 to services; nobody is 65534.
 && groupadd --gid 65522 admin && useradd --uid 65522 --gid 65522 --create-home --shell /bin/sh admin
