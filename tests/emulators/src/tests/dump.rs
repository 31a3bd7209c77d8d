//! x
use super::eleven::*;
use super::world;
use crate::eleven::talks::Joining;
use crate::scripts::{self, Language};
use crate::Line;
use serde_json::Value;
#[tokio::test]
async fn dump() -> anyhow::Result<()> {
    let (world, time) = world().await?;
    let put = |n: &str, v: &Value| std::fs::write(format!("/tmp/oracle/{n}.json"), v.to_string()).unwrap();
    let nums = ["+442079460001", "+442079460002", "+442079460003"];
    world.line(nums[0], Line::Answers(scripts::worrying(Language::English)));
    world.line(nums[1], Line::Busy);
    world.line(nums[2], Line::Voicemail);
    let (_, s) = submit(&world, &batch(&world, None, &nums)).await?;
    let p = format!("/v1/convai/batch-calling/{}", s["id"].as_str().unwrap());
    time.advance(8000);
    world.settle().await;
    let (_, t) = call(&world, "GET", &format!("/v1/convai/conversation/token?agent_id={}", world.eleven.app_agent_id()), None).await?;
    let talk = world.eleven.join(t["token"].as_str().unwrap(), Joining::new(scripts::cheerful(Language::Indonesian)))?;
    time.advance(600000);
    world.settle().await;
    world.eleven.talk(talk).await;
    time.advance(600000);
    world.settle().await;
    put("batch2", &call(&world, "GET", &p, None).await?.1);
    put("list", &call(&world, "GET", "/v1/convai/batch-calling/workspace", None).await?.1);
    put("convs", &call(&world, "GET", "/v1/convai/conversations", None).await?.1);
    for (i, id) in world.eleven.conversation_ids().iter().enumerate() {
        put(&format!("conv_{i}"), &world.eleven.conversation(id).unwrap());
    }
    for (i, w) in world.eleven.webhooks().iter().enumerate() {
        put(&format!("hook_{i}"), &serde_json::from_str(&w.body)?);
    }
    put("agents", &call(&world, "GET", "/v1/convai/agents", None).await?.1);
    put("agent", &call(&world, "GET", &format!("/v1/convai/agents/{}", world.eleven.app_agent_id()), None).await?.1);
    put("numbers", &call(&world, "GET", "/v1/convai/phone-numbers", None).await?.1);
    put("hooks", &call(&world, "GET", "/v1/workspace/webhooks", None).await?.1);
    Ok(())
}
