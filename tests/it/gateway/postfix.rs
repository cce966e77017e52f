//! Postfix as Debian ships it, with a gateway for its filter: what is held, who lets it go,
//! and what is seen where somebody goes around.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::around::{
    CUT_OFF, Daemon, attached, free_port, installed, is_root, run, send, sink, text, wait_for_port,
};
use super::{Gateway, MARKED, PATIENCE, PLAIN, matters, office};

/// A mail server of its own below a folder; ended when this is dropped.
pub(super) struct Postfix {
    pub(super) config: PathBuf,
    port: u16,
}

const SERVICES: &str = "\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

impl Postfix {
    pub(super) fn start(folder: &Path, milter: u16, sink: u16) -> Self {
        let config = folder.join("postfix");
        for name in ["postfix", "postfix/queue", "postfix/data"] {
            fs::create_dir_all(folder.join(name)).unwrap();
        }
        let port = free_port();
        let at = config.display();
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {at}/queue\ndata_directory = {at}/data\n\
             command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\n\
             mail_owner = postfix\nsetgid_group = postdrop\nmyhostname = mail.agency.example\n\
             mydestination =\nmynetworks = 127.0.0.0/8\ninet_interfaces = 127.0.0.1\n\
             inet_protocols = ipv4\nrelayhost = [127.0.0.1]:{sink}\nsmtp_dns_support_level = \
             disabled\nalias_maps =\nlocal_recipient_maps =\nmaillog_file = {at}/mail.log\n\
             maillog_file_prefixes = {at}\nsmtpd_milters = inet:127.0.0.1:{milter}\n\
             non_smtpd_milters = inet:127.0.0.1:{milter}\n\
             milter_default_action = tempfail\nmilter_connect_timeout = 5s\n\
             smtpd_relay_restrictions = permit_mynetworks, reject\n"
        );
        fs::write(config.join("main.cf"), main).unwrap();
        let services = format!("127.0.0.1:{port} inet n - n - - smtpd\n{SERVICES}");
        fs::write(config.join("master.cf"), services).unwrap();
        // The queue's files belong to Postfix, whose own user must reach them.
        run(Command::new("/bin/chmod").args(["755", &folder.display().to_string()]));
        run(Command::new("/bin/chown").args(["postfix", &format!("{at}/data")]));
        let postfix = Self { config, port };
        postfix.command("start");
        wait_for_port(port, || postfix.log());
        postfix
    }

    fn command(&self, what: &str) {
        let config = self.config.display().to_string();
        run(Command::new("/usr/sbin/postfix").args(["-c", &config, what]));
    }

    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.config.join("mail.log")).unwrap_or_default()
    }

    pub(super) fn send(&self, headers: &str, body: &str) -> String {
        send(self.port, headers, body)
    }

    /// The ids of what is held.
    fn held(&self) -> Vec<String> {
        let config = self.config.display().to_string();
        let out = Command::new("/usr/sbin/postqueue").args(["-c", &config, "-j"]).output().unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &serde_json::Value| line["queue_name"] == "hold")
            .map(|line| line["queue_id"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let config = self.config.display().to_string();
        let _ = Command::new("/usr/sbin/postfix").args(["-c", &config, "stop"]).output();
    }
}

fn say(folder: &Path, arguments: &[&str]) {
    let mut all = arguments.to_vec();
    all.extend(["--store", "office.store", "--no-config"]);
    let ran = crate::support::run(folder, &all);
    assert_eq!(ran.status, 0, "{arguments:?}: {ran:?}");
}

/// Three persons take a matter from its proposal to its disclosure by mail.
fn disclose(folder: &Path, matter: &str, finding: &str) {
    decide(folder, matter, finding, "disclose");
}

/// Three persons take a matter from its proposal to a conclusion.
pub(super) fn decide(folder: &Path, matter: &str, finding: &str, conclusion: &str) {
    let channel = ["--channel", "mail"];
    let with = |first: &[&str], by: &str, rest: &[&str]| {
        let whole: Vec<&str> = [first, &[matter, "--by", by], &channel, rest].concat();
        say(folder, &whole);
    };
    let proposal = ["--title", "t", "--on", "2026-12-01", "--basis", "b", "--opinion", "o"];
    with(&["matter", "submit"], "zhang", &proposal);
    let overturned = format!("{finding}=a quotation");
    with(&["matter", "review"], "li", &["--opinion", "o", "--overturn", &overturned]);
    with(&["matter", "decide"], "wang", &["--conclusion", conclusion, "--reason", "r"]);
}

/// The three persons.
pub(super) fn people(folder: &Path) {
    for (name, role) in [("zhang", "submitter"), ("li", "reviewer"), ("wang", "approver")] {
        say(folder, &["person", "add", name, "--shown", name, "--by", "setup"]);
        say(folder, &["person", "grant", name, role, "--by", "setup"]);
    }
}

/// From a client over filter, hold queue and approver to the recipient; then everything
/// that goes wrong or around.
#[test]
fn mail_is_held_and_goes_when_a_person_let_it() {
    if !installed("/usr/sbin/postfix") || !installed("/usr/lib/postfix/sbin/master") {
        return;
    }
    if !is_root("Postfix") {
        return;
    }
    let folder = office();
    let (sink_port, messages) = sink();
    let filter = free_port();
    let postfix = Postfix::start(folder.path(), filter, sink_port);
    let milter = format!("127.0.0.1:{filter}");
    let config = postfix.config.display().to_string();
    let arguments = format!(
        "--milter {milter} --policy leave.toml --store office.store --postfix \
         --postfix-config {config} --postfix-every 1"
    );
    let mut gateway = Gateway::start(folder.path(), &arguments);
    // What is no_finding passes on leave, with our header and without the forged one.
    let answer = postfix.send("Subject: lunch\r\nX-Vetmark-Verdict: forged\r\n", PLAIN);
    assert!(answer.starts_with("250"), "{answer}\n{}", postfix.log());
    let got = messages.recv_timeout(PATIENCE).unwrap();
    assert!(got.contains("X-Vetmark-Verdict: no_finding; rules="), "{got}");
    assert!(!got.contains("forged"), "{got}");
    // A mark: accepted from the client, and held.
    let answer = postfix.send("Subject: plan\r\n", MARKED);
    assert!(answer.starts_with("250"), "{answer}");
    let held = postfix.held();
    assert_eq!(held.len(), 1, "{}", postfix.log());
    // Nobody decided: it stays. A person decides: it goes, and nothing else does.
    people(folder.path());
    assert_eq!(postfix.held(), held);
    // Whoever decides sees whose it is and whom it goes to.
    let shown = ["matter", "show", "2", "--by", "wang", "--store", "office.store", "--no-config"];
    let shown = crate::support::run(folder.path(), &shown).stdout;
    for said in ["from wang@agency.example", "to press@paper.example", &held[0], "milter  held"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    disclose(folder.path(), "2", "f1");
    let released = gateway.wait_for("released");
    assert_eq!(
        (&released["queue"], &released["order"]["by"]),
        (&held[0].as_str().into(), &"wang".into())
    );
    let got = messages.recv_timeout(PATIENCE).unwrap();
    assert!(got.contains("X-Vetmark-Verdict: withhold; rules="), "{got}");
    // Somebody lets one go by hand: seen, and said once.
    postfix.send("Subject: other\r\n", &format!("{MARKED}second\n"));
    let by_hand = postfix.held();
    gateway.wait_for("decided");
    run(Command::new("/usr/sbin/postsuper").args(["-c", &config, "-H", &by_hand[0]]));
    run(Command::new("/usr/sbin/postqueue").args(["-c", &config, "-i", &by_hand[0]]));
    messages.recv_timeout(PATIENCE).unwrap();
    let alarm = gateway.wait_for("alarm");
    assert_eq!((&alarm["queue"], &alarm["matter"]), (&by_hand[0].as_str().into(), &3.into()));
    // The daemon is killed: whoever sends is put off.
    drop(gateway);
    let answer = postfix.send("Subject: more\r\n", PLAIN);
    assert!(answer.starts_with("451"), "{answer}");
    // A site that has such mail held instead: unread, until the gateway is back.
    let setting = ["-c", &config, "-e", "milter_default_action=quarantine"];
    run(Command::new("/usr/sbin/postconf").args(setting));
    postfix.command("reload");
    let answer = postfix.send("Subject: late\r\n", &format!("{MARKED}third\n"));
    assert!(answer.starts_with("250"), "{answer}");
    assert_eq!(postfix.held().len(), 1);
    let mut gateway = Gateway::start(folder.path(), &arguments);
    gateway.wait_for("held-unread");
    assert_eq!(matters(folder.path()).iter().filter(|(v, _)| v == "withhold").count(), 3);
    assert_eq!(postfix.held().len(), 1);
    assert_eq!(gateway.stop(), 0);
    let store = vetmark::record::Store::open(&folder.path().join("office.store")).unwrap();
    assert_eq!(store.check().unwrap().wrong, []);
}

/// clamav-milter between Postfix and clamd's protocol: a find is held with no milter of ours.
#[test]
fn clamav_milter_holds_what_was_found() {
    let program = "/usr/sbin/clamav-milter";
    if !installed(program) || !installed("/usr/lib/postfix/sbin/master") {
        return;
    }
    if !is_root("Postfix") {
        return;
    }
    let folder = office();
    let arguments = "--clamd 127.0.0.1:0 --policy leave.toml";
    let gateway = Gateway::start(folder.path(), arguments);
    let filter = free_port();
    let settings = format!(
        "MilterSocket inet:{filter}@127.0.0.1\nClamdSocket tcp:{}\nForeground yes\n\
         OnInfected Quarantine\nOnFail Defer\nOnClean Accept\nUser root\n",
        gateway.address("clamd")
    );
    let file = folder.path().join("milter.conf");
    fs::write(&file, settings).unwrap();
    let said = folder.path().join("milter.said");
    let mut daemon = Daemon::start(Command::new(program).arg("-c").arg(&file), &said);
    daemon.listens(filter, || text(&said));
    let (sink_port, messages) = sink();
    let postfix = Postfix::start(folder.path(), filter, sink_port);
    let answer = postfix.send("Subject: lunch\r\n", PLAIN);
    assert!(answer.starts_with("250"), "{answer}\n{}", postfix.log());
    messages.recv_timeout(PATIENCE).unwrap();
    let answer = postfix.send("Subject: plan\r\n", MARKED);
    assert!(answer.starts_with("250"), "{answer}\n{}", postfix.log());
    assert_eq!(postfix.held().len(), 1, "{}", postfix.log());
    // What was not wholly read is an error to it, and so is a gateway that is away.
    let (headers, body) = attached("c.zip", CUT_OFF);
    let answer = postfix.send(&headers, &body);
    assert!(answer.starts_with("451"), "{answer}");
    drop(gateway);
    let answer = postfix.send("Subject: more\r\n", PLAIN);
    assert!(answer.starts_with("451"), "{answer}");
}
