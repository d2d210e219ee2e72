use serde_json::json;

use crate::{
    answers::page,
    operator::{Operator, REGION},
    run::{Home, command, end, with},
};

fn described(outputs: &[(&str, &str)]) -> String {
    let outputs: Vec<_> =
        outputs.iter().map(|(k, v)| json!({ "OutputKey": k, "OutputValue": v })).collect();
    json!({ "Stacks": [{
        "StackId": format!("arn:aws:cloudformation:{REGION}:123456789012:stack/demarc/1"),
        "StackName": "demarc",
        "StackStatus": "CREATE_COMPLETE",
        "Outputs": outputs,
    }]})
    .to_string()
}

fn empty_page() -> String {
    page(&[], &serde_json::Value::Null)
}

#[test]
fn without_configuration_the_message_is_the_command_to_run() {
    let ended = with(&[], &["scan", "--profile", "prod"]).with(2);
    let expected = "aws cloudformation describe-stacks --stack-name demarc --region eu-west-1 --profile prod --output json | demarc connect --stack demarc --from -\n";
    assert!(ended.err.contains(expected), "{}", ended.err);
}

#[test]
fn what_connect_wrote_is_used() {
    let home = Home::new("connect");
    let s3 = Operator::expecting(vec![(json!({ "scan": {} }), 200, empty_page())]);
    let outputs = described(&[("Other", "x"), ("OperatorUrlS3", s3.url())]);
    let connected = end(command(&home, &["connect", "--from", "-"]), &outputs).with(0);
    let start = "stack `demarc` in `eu-west-1`: s3 written to `";
    assert!(connected.out.starts_with(start), "{}", connected.out);
    let written = std::fs::read_to_string(home.path().join(".config/demarc/config.toml")).unwrap();
    let expected = format!("[stack.demarc.eu-west-1]\ns3 = \"{}\"\n", s3.url());
    assert!(written.ends_with(&expected), "{written}");
    end(command(&home, &["scan", "--function", "s3"]), "").with(0);
    s3.done();
}

#[test]
fn the_environment_goes_before_the_file_and_an_option_before_both() {
    let home = Home::new("order");
    let ask = || vec![(json!({ "scan": {} }), 200, empty_page())];
    let (file, env, option) =
        (Operator::idle(), Operator::expecting(ask()), Operator::expecting(ask()));
    let outputs = described(&[("OperatorUrlS3", file.url())]);
    end(command(&home, &["connect", "--from", "-"]), &outputs).with(0);
    let scan = |more: &[&str]| {
        let mut command = command(&home, &["scan", "--function", "s3"]);
        command.args(more).env("DEMARC_OPERATOR_S3", env.url());
        end(command, "").with(0)
    };
    scan(&[]);
    scan(&["--endpoint", &format!("s3={}", option.url())]);
    [file, env, option].into_iter().for_each(Operator::done);
}

#[test]
fn a_stack_that_is_not_demarcs_is_not_connected() {
    let home = Home::new("foreign");
    let connect = |arguments: &[&str], input: &str| {
        let mut all = vec!["connect", "--from", "-"];
        all.extend(arguments);
        end(command(&home, &all), input).with(2).err
    };
    assert!(connect(&[], &described(&[])).contains("none of the outputs `OperatorUrlS3`"));
    assert!(
        connect(&["--stack", "x"], &described(&[])).contains("there is no stack `x`, but `demarc`")
    );
    assert!(
        connect(&["--region", "us-east-1"], &described(&[])).contains("is in `eu-west-1`, not in")
    );
    assert!(connect(&[], "text").contains("is not what `aws cloudformation describe-stacks"));
    let clear = described(&[("OperatorUrlS3", "http://example.com/")]);
    assert!(connect(&[], &clear).contains("is not encrypted"));
}

#[test]
fn a_network_error_names_the_url() {
    let home = Home::new("network");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let mut command = command(&home, &["stop", "--reason", "x"]);
    command.env("DEMARC_OPERATOR_S3", &url);
    let ended = end(command, "").with(2);
    assert!(ended.err.contains(&format!("`{url}` was not reached: ")), "{}", ended.err);
}

#[test]
fn without_credentials_nothing_is_sent_and_it_is_said_once() {
    let home = Home::new("credentials");
    let s3 = Operator::idle();
    let mut command = command(&home, &["stop", "--reason", "x"]);
    command.env("DEMARC_OPERATOR_S3", s3.url()).env("DEMARC_OPERATOR_EC2", s3.url());
    command.env_remove("AWS_ACCESS_KEY_ID");
    let ended = end(command, "").with(2);
    let said = ended.err.matches("there are no credentials to sign with").count();
    assert_eq!(said, 1, "{}", ended.err);
    assert!(ended.err.contains("aws sso login"), "{}", ended.err);
    s3.done();
}

#[test]
fn iam_refusing_the_call_says_what_is_needed() {
    let forbidden = r#"{"Message":"Forbidden"}"#.to_owned();
    let s3 = Operator::expecting(vec![(json!({ "modes": {} }), 403, forbidden)]);
    let ended = with(&[("s3", &s3)], &["mode"]).with(2);
    assert!(ended.err.contains("the operator of `s3` answered 403: Forbidden"), "{}", ended.err);
    assert!(ended.err.contains("`lambda:InvokeFunctionUrl`"), "{}", ended.err);
    s3.done();
}

#[test]
fn completions_and_man_pages_come_from_the_definitions() {
    let home = Home::new("generate");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ended = end(command(&home, &["completions", shell]), "").with(0);
        assert!(ended.out.contains("--dry-run") || ended.out.contains("dry-run"), "{shell}");
    }
    let page = end(command(&home, &["man"]), "").with(0).out;
    assert!(page.contains(".TH demarc 1") && page.contains("DEMARC_OPERATOR_S3"), "{page}");
    let to = home.path().join("man");
    end(command(&home, &["man", "--to", to.to_str().unwrap()]), "").with(0);
    assert!(to.join("demarc-undo.1").exists());
}
