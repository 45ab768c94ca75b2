#!/usr/bin/env python3
"""Lets each mail server check the settings that docs/findings.md tells people to paste.

Postfix is taken from the system; Exim and OpenSMTPD, which cannot be installed beside it, are unpacked from Debian's
packages into a folder of their own. Nothing is started and nothing is sent.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CACHE = os.environ.get("EARSHOT_LAB_CACHE", "/var/tmp/earshot-lab") + "/settings"
HEADING = re.compile(r"^(Postfix|Exim|OpenSMTPD), ([^\n]*):\n\n```\n(.*?)\n```$", re.M | re.S)


def settings():
    with open(os.path.join(ROOT, "docs", "findings.md"), encoding="utf-8") as page:
        found = {match.groups() for match in HEADING.finditer(page.read())}
    if len(found) < 20:
        raise SystemExit(f"settings: only {len(found)} settings were found in docs/findings.md")
    return sorted(found)


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def install():
    """Postfix as the system has it, the others unpacked; answers where they are."""
    if not shutil.which("postconf"):
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "postfix"],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, check=True)
    programs = os.path.join(CACHE, "root", "usr", "sbin")
    if not os.path.exists(os.path.join(programs, "smtpd")):
        os.makedirs(CACHE, exist_ok=True)
        # What the programs that are only unpacked need of other packages, and an image may lack.
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "libevent-2.1-7", "libdb5.3", "libgnutls-dane0",
             "libidn12", "libnsl2"], env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, check=True)
        run(["apt-get", "download", "opensmtpd", "exim4-daemon-light", "exim4-base"], cwd=CACHE, check=True)
        for package in sorted(name for name in os.listdir(CACHE) if name.endswith(".deb")):
            run(["dpkg", "-x", package, "root"], cwd=CACHE, check=True)
    return programs


def certificate(folder, name):
    paths = [os.path.join(folder, name + ending) for ending in (".crt", ".key")]
    run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-days", "30", "-out",
         paths[0], "-keyout", paths[1]], check=True)
    os.chmod(paths[1], 0o600)
    return paths


def postfix(folder, place, lines):
    shutil.copy("/etc/postfix/master.cf", folder)
    with open(os.path.join(folder, "main.cf"), "w", encoding="utf-8") as main:
        main.write("compatibility_level = 3.6\n")
        if not place.startswith("master.cf"):
            main.write(lines + "\n")
    if place.startswith("master.cf"):
        with open(os.path.join(folder, "master.cf"), "a", encoding="utf-8") as master:
            master.write(lines + "\n")
    # Names that no program knows, and values that none understands, are warnings on stderr.
    checks = [run(["postconf", "-c", folder, option]) for option in ("-n", "-M", "-P")]
    if place.startswith("main.cf"):
        for name in re.findall(r"^([a-z_]+) =", lines, re.M):
            checks.append(run(["postconf", "-d", name]))
    return "".join(check.stderr for check in checks) + "".join(
        f"exit {check.returncode}\n" for check in checks if check.returncode)


def exim(programs, folder, place, lines):
    sections = {"main": [], "acl": [], "transports": []}
    section = "transports" if place.startswith("the smtp transport") else "main"
    for line in lines.split("\n"):
        if line.startswith("acl_check_mail:"):
            section = "acl"
        sections[section].append(line)
    path = os.path.join(folder, "exim.conf")
    with open(path, "w", encoding="utf-8") as conf:
        conf.write("keep_environment =\n" + "\n".join(sections["main"]) + "\n")
        for name in ("acl", "transports"):
            conf.write(f"begin {name}\n" + "\n".join(sections[name]) + "\n")
    # Exim asks who may own its configuration.
    if run(["getent", "passwd", "Debian-exim"]).returncode:
        run(["useradd", "--system", "Debian-exim"], check=True)
    check = run([os.path.join(programs, "exim4"), "-C", path, "-bV"])
    faults = check.stderr + (f"exit {check.returncode}\n" + check.stdout if check.returncode else "")
    for name in re.findall(r"^([a-z_]+) =", "\n".join(sections["main"]), re.M):
        value = run([os.path.join(programs, "exim4"), "-C", path, "-bP", name])
        faults += value.stderr if name not in value.stdout else ""
    return faults


def opensmtpd(programs, folder, place, lines):
    if place == "command line":
        known = run(["sh", "-c", f"zcat {programs}/../share/man/man8/smtpctl.8.gz"]).stdout
        return "" if "Cm trace" in known and lines.split()[1] == "trace" else "smtpctl has no such command\n"
    names = set(re.findall(r"pki ([a-z.]+)", lines))
    text = re.sub(r"^pki .*\n?", "", lines + "\n", flags=re.M)
    conf = ""
    for name in sorted(names):
        crt, key = certificate(folder, name)
        conf += f'pki {name} cert "{crt}"\npki {name} key "{key}"\n'
    path = os.path.join(folder, "smtpd.conf")
    with open(path, "w", encoding="utf-8") as file:
        # Whatever the lines leave out, a configuration has an action and a rule.
        file.write(conf + text + 'action "here" maildir\nmatch for local action "here"\n')
    for user in ("opensmtpd", "opensmtpq"):
        if run(["getent", "passwd", user]).returncode:
            run(["useradd", "--system", user], check=True)
    check = run([os.path.join(programs, "smtpd"), "-n", "-f", path])
    return "" if check.returncode == 0 else check.stderr or f"exit {check.returncode}\n"


def ask(programs, program, place, lines):
    """What the program has against the lines; empty where it takes them."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        if program == "Postfix":
            return postfix(folder, place, lines).strip()
        if program == "Exim":
            return exim(programs, folder, place, lines).strip()
        return opensmtpd(programs, folder, place, lines).strip()


# What each of them must refuse: a check that takes everything shows nothing.
WRONG = [
    ("Postfix", "main.cf", "smtpd_tls_secruity_level = may"),
    ("Postfix", "master.cf", "submission  inet  n  -  y  -  smtpd"),
    ("Exim", "main section", "tls_advertise_host = *"),
    ("Exim", "main section, and the ACL that acl_smtp_mail names", "acl_check_mail:\n  deny conditon = yes"),
    ("Exim", "the smtp transport", "remote_smtp:\n  driver = smtp\n  hosts_requires_tls = *"),
    ("OpenSMTPD", "smtpd.conf", "listen on 0.0.0.0 tsl"),
]


def main():
    programs = install()
    for wrong in WRONG:
        if not ask(programs, *wrong):
            raise SystemExit(f"settings: {wrong[0]} takes '{wrong[2]}': the check shows nothing")
    faults = 0
    counts = {}
    for program, place, lines in settings():
        counts[program] = counts.get(program, 0) + 1
        said = ask(programs, program, place, lines)
        if said:
            faults += 1
            print(f"REFUSED  {program}, {place}:\n{lines}\n  {said}\n")
    print("settings: " + ", ".join(f"{count} of {name}" for name, count in sorted(counts.items())) + f"; {faults} refused")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
