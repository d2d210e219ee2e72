//! An operator that answers what it was told to, and checks how it was asked.

use std::{
    collections::{HashMap, VecDeque},
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use aws_smithy_types::date_time::{DateTime, Format};
use serde_json::Value;

pub(crate) const ACCESS_KEY: &str = "AKIDEXAMPLE";
pub(crate) const SECRET_KEY: &str = "secret";
pub(crate) const TOKEN: &str = "token";
pub(crate) const REGION: &str = "eu-west-1";

/// What is expected next, and how it is answered.
type Turn = (Value, u16, String);

/// A server on a port of its own.
pub(crate) struct Operator {
    url: String,
    turns: Arc<Mutex<VecDeque<Turn>>>,
    wrong: Arc<Mutex<Vec<String>>>,
}

impl Operator {
    /// Expects these bodies in this order, and answers each with its status and text.
    pub(crate) fn expecting(turns: Vec<(Value, u16, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let turns = Arc::new(Mutex::new(VecDeque::from(turns)));
        let wrong = Arc::new(Mutex::new(Vec::new()));
        let (theirs, errors) = (Arc::clone(&turns), Arc::clone(&wrong));
        // The thread ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serve(&stream.unwrap(), &theirs, &errors);
            }
        });
        Self { url, turns, wrong }
    }

    /// Never asked.
    pub(crate) fn idle() -> Self {
        Self::expecting(Vec::new())
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Everything was asked that was expected, rightly signed, and nothing else.
    pub(crate) fn done(self) {
        let wrong = self.wrong.lock().unwrap();
        assert!(wrong.is_empty(), "wrong requests: {wrong:#?}");
        let left = self.turns.lock().unwrap();
        assert!(left.is_empty(), "not asked: {left:#?}");
    }
}

fn serve(stream: &TcpStream, turns: &Mutex<VecDeque<Turn>>, wrong: &Mutex<Vec<String>>) {
    let request = Request::read(stream);
    let note = |text: String| wrong.lock().unwrap().push(text);
    if let Err(why) = request.check_signature() {
        note(why);
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let turn = turns.lock().unwrap().pop_front();
    let (status, answer) = match turn {
        Some((expected, status, answer)) => {
            if expected != body {
                note(format!("expected {expected}, asked {body}"));
            }
            (status, answer)
        }
        None => {
            note(format!("more than expected: {body}"));
            (500, String::new())
        }
    };
    let mut stream = stream;
    let length = answer.len();
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n");
    write!(stream, "{head}content-type: application/json\r\n\r\n{answer}").unwrap();
}

struct Request {
    line: String,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Request {
    fn read(stream: &TcpStream) -> Self {
        let mut reader = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            line.trim_end().to_owned()
        };
        let first = line();
        let mut headers = HashMap::new();
        while let Some((name, value)) = line().split_once(": ") {
            headers.insert(name.to_lowercase(), value.to_owned());
        }
        let length = headers.get("content-length").map_or(0, |n| n.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        Self { line: first, headers, body }
    }

    fn header(&self, name: &str) -> Result<&str, String> {
        self.headers.get(name).map(String::as_str).ok_or_else(|| format!("no `{name}`"))
    }

    /// Signs the same request again with the same time, and compares.
    fn check_signature(&self) -> Result<(), String> {
        if self.line != "POST / HTTP/1.1" {
            return Err(self.line.clone());
        }
        let authorization = self.header("authorization")?;
        let date = self.header("x-amz-date")?;
        let day = &date[..8];
        let scope = format!("Credential={ACCESS_KEY}/{day}/{REGION}/lambda/aws4_request");
        if !authorization.starts_with("AWS4-HMAC-SHA256 ") || !authorization.contains(&scope) {
            return Err(format!("signed as {authorization}"));
        }
        if self.header("x-amz-security-token")? != TOKEN {
            return Err("another session token".to_owned());
        }
        let signature = self.signature(time(date))?;
        match authorization.ends_with(&format!("Signature={signature}")) {
            true => Ok(()),
            false => Err("the signature is not of this request".to_owned()),
        }
    }

    fn signature(&self, at: SystemTime) -> Result<String, String> {
        let skew = SystemTime::now().duration_since(at).unwrap_or_default();
        if skew > Duration::from_secs(60) {
            return Err(format!("signed {skew:?} ago"));
        }
        let identity =
            Credentials::new(ACCESS_KEY, SECRET_KEY, Some(TOKEN.to_owned()), None, "test").into();
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(REGION)
            .name("lambda")
            .time(at)
            .settings(SigningSettings::default())
            .build()
            .unwrap();
        let url = format!("http://{}/", self.header("host")?);
        let headers = [("content-type", self.header("content-type")?)];
        let body = SignableBody::Bytes(&self.body);
        let request = SignableRequest::new("POST", url, headers.into_iter(), body).unwrap();
        Ok(sign(request, &parameters.into()).unwrap().into_parts().1)
    }
}

/// `20261122T011300Z`.
fn time(text: &str) -> SystemTime {
    let (d, t) = text.trim_end_matches('Z').split_once('T').unwrap();
    let text =
        format!("{}-{}-{}T{}:{}:{}Z", &d[..4], &d[4..6], &d[6..], &t[..2], &t[2..4], &t[4..]);
    DateTime::from_str(&text, Format::DateTime).unwrap().try_into().unwrap()
}
