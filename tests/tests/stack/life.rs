//! Each control's life, from the event on the bus to the journal.

use demarc_tests::lives::{self, Life};
use demarc_tests::stack::{Stack, until};
use serde_json::json;

use super::{PERSON, ROLES, function_of, is_about, now, stack, unique};

/// Violates a new resource, and puts the event on the bus. Gives the resource's id.
async fn violated(stack: &Stack, life: &dyn Life) -> String {
    let id = life.create(&stack.world, &unique("life")).await.unwrap();
    assert!(!life.is_violated(&stack.world, &id).await.unwrap(), "{}", life.control());
    let named = life.named(&stack.world, &id).await.unwrap();
    life.violate(&stack.world, &id).await.unwrap();
    assert!(life.is_violated(&stack.world, &id).await.unwrap(), "{}", life.control());
    let event = lives::event(life, &named, &unique("event"), now()).unwrap();
    stack.put(&event).await.unwrap();
    id
}

#[tokio::test]
async fn an_event_on_the_bus_is_put_right_and_journaled_for_each_control() {
    let stack = stack().await;
    let _roles = ROLES.read().await;
    for life in lives::all() {
        let (control, function) = (life.control(), function_of(life.control()));
        let id = violated(&stack, life).await;
        let fixed = async || Ok(!life.is_violated(&stack.world, &id).await?);
        let took = until(control, fixed).await.unwrap();
        eprintln!("{control}: {took:?}");
        let request = json!({"plans": {"control": control}});
        let (status, answer) = stack.ask(function, PERSON, &request).await.unwrap();
        assert_eq!(status, 200, "{answer}");
        let plans = answer["plans"].as_array().unwrap();
        let plan = plans.iter().find(|plan| plan["resource"]["id"] == id.as_str());
        assert_eq!(plan.unwrap()["stage"], "verified", "{control}");
        let reports = stack.reports(function).await.unwrap();
        assert!(reports.iter().any(|report| is_about(report, control, &id)), "{control}");
    }
}
