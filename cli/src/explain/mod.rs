//! `demarc explain`

mod control;
mod framework;
mod model;
mod page;
mod scenario;
mod service;
mod topic;

use std::io::IsTerminal;

use crate::{
    Status,
    arguments::{Explain, Global},
    error::Error,
    show::{columns, print, print_json},
};
use page::Page;
use topic::Topic;

/// Tells whose job a topic is.
pub(crate) fn run(global: &Global, arguments: &Explain) -> Result<Status, Error> {
    let words = arguments.topic.join(" ");
    let page = match topic::find(&words)? {
        Topic::Introduction => model::introduction(),
        Topic::Model => model::matrix(),
        Topic::Layer(layer) => model::layer(layer),
        Topic::ServiceModel(model) => model::service_model(model),
        Topic::Control(control) => control::page(&control),
        Topic::Service(service) => service::page(&service),
        Topic::Scenario(scenario) => scenario::page(scenario),
        Topic::Framework(framework) => framework::page(framework),
    };
    show(global, &page)?;
    Ok(Status::Done)
}

/// A page is made to be read, so that it stays text when it is piped; JSON is asked for.
fn show(global: &Global, page: &Page) -> Result<(), Error> {
    if global.json {
        return print_json(&page.json.to_string());
    }
    let columns = if std::io::stdout().is_terminal() { columns() } else { 100 };
    print(&page.render(columns))
}
