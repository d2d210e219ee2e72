//! Settings that somebody puts back again and again.

use demarc_harness::Clock;
use demarc_tests::{
    lives::{BucketBlock, Life},
    local::fault::{Effect, Fault},
};

use crate::scene::{LEASE, Scene, deliver, only, outcomes};

const BLOCK: &str = "s3.block-public-access";

/// A violation that is put right by a sandbox that knows nothing, or by the one that did it before.
async fn put_right(scene: &Scene, id: &str, is_new: bool) -> String {
    let event = scene.violate(&BucketBlock, id).await;
    let reports = if is_new {
        deliver(&scene.sandbox().await, &event).await.unwrap()
    } else {
        scene.stage.send(&event).await.unwrap()
    };
    let own = only(reports, BLOCK);
    assert_eq!(outcomes(&own), ["remediated"], "{own:#?}");
    own[0]["plan"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_settings_item_tells_when_it_was_last_claimed() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let id = BucketBlock.create(&scene.world, "claimed").await.unwrap();
    let mut bounds = vec![scene.stage.clock.now()];
    let mut last = String::new();
    for is_new in [false, true, false] {
        last = put_right(&scene, &id, is_new).await;
        scene.stage.clock.advance(LEASE);
        bounds.push(scene.stage.clock.now());
    }
    assert_eq!(scene.undo(&last).await.0, 200);
    bounds.push(scene.stage.clock.now());
    let recent = scene.head(&BucketBlock, &id).await.recent;
    assert_eq!(recent.len(), 4, "{recent:?}");
    let within = |(bounds, at): (&[u64], &u64)| (bounds[0]..=bounds[1]).contains(at);
    assert!(bounds.windows(2).zip(&recent).all(within), "{bounds:?} {recent:?}");
    // What is exempt is not claimed by looking at it.
    scene.stage.send(&scene.event(&BucketBlock, &id)).await.unwrap();
    assert_eq!(scene.head(&BucketBlock, &id).await.recent, recent);
}

/// The settle pass claims what a crash left open, to end it: it writes nothing.
#[tokio::test]
async fn finishing_a_plan_is_no_claim_of_its_own() {
    let scene = Scene::enforcing(&[BLOCK]).await;
    let (id, event) = scene.violated(&BucketBlock, "finished").await;
    let close = Fault::always("dynamodb:TransactWriteItems", Effect::Close).after(1);
    scene.cloud.proxy().inject(close);
    deliver(&scene.stage.remediator, &event).await.unwrap_err();
    scene.clear();
    let left = scene.head(&BucketBlock, &id).await;
    assert_eq!((left.open.len(), left.recent.len()), (1, 1), "{left:?}");
    scene.stage.clock.advance(LEASE);
    assert_eq!(outcomes(&scene.settle().await), ["remediated"]);
    let settled = scene.head(&BucketBlock, &id).await;
    assert!(settled.open.is_empty() && settled.fence > left.fence, "{settled:?}");
    assert_eq!(settled.recent, left.recent);
}
