#!/usr/bin/env bash
# Dovecot and Postfix with what Postroom printed, in the foreground. Ends when either of them does.
set -euo pipefail

cp -R /configuration/. /etc/
name=$(postconf -h myhostname)

# A certificate that signs itself, where the operator put none: postroom.toml trusts it, nobody else.
if [ ! -e /certificates/mail.pem ]; then
  openssl req -x509 -newkey rsa:2048 -noenc -days 3650 -subj "/CN=$name" \
    -addext "subjectAltName=DNS:$name" -addext keyUsage=critical,digitalSignature,keyCertSign \
    -keyout /certificates/mail.key -out /certificates/mail.pem 2>/dev/null
  chmod 600 /certificates/mail.key
  chmod 644 /certificates/mail.pem
fi

install -d -m 700 -o vmail -g vmail /var/vmail
install -d -m 755 /var/log/mail
touch /var/log/mail/dovecot.log /var/log/mail/postfix.log
tail -q -n 0 -F /var/log/mail/dovecot.log /var/log/mail/postfix.log &

# A kept queue is of the image that made it: owners and modes are set right again. It complains of
# manual pages, which slim images leave out.
postfix set-permissions >/dev/null 2>&1 || true
dovecot -F &
postfix start-fg &

stop() {
  postfix stop || true
  doveadm stop || true
}
trap 'stop; exit 0' TERM INT
wait -n || true
stop
exit 1
