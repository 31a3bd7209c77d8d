//! Conversations in English.

use serde_json::{Value, json};

use super::{Language, Script, into_silence, machine, spoken, wordless};

const ENGLISH: Language = Language::English;
const CALLEE: &str = "Margaret";

pub(super) fn cheerful() -> Script {
    spoken(
        "cheerful",
        ENGLISH,
        CALLEE,
        &[
            "Good morning, {name}! It's your companion, calling as promised. How are you today?",
            "Oh, good morning, dear! I'm very well, thank you. The sun is out and I've had my porridge already.",
            "That sounds like a lovely start. Did you sleep well?",
            "Like a log. I went up at ten and didn't stir until half past six, when the blackbird started.",
            "A blackbird is the best kind of alarm clock. What will you do with such a fine day?",
            "I'm going to plant out the sweet peas. Arthur from next door is bringing his good spade, and then we'll have tea.",
            "Sweet peas and company, how nice. Have you heard from the family?",
            "Yes! Little Poppy rang last night. She lost her first tooth and she told me the whole story twice.",
            "Twice is just right for a first tooth. Is there anything you'd like me to pass on to them?",
            "Tell them I'm saving the first sweet peas for Sunday. And that I'm right as rain.",
            "I certainly will. Enjoy the garden, {name}, and don't forget your hat. Talk to you tomorrow!",
        ],
        (
            "Sunny morning, sweet peas and a lost tooth",
            "{name} slept well, had breakfast and was in high spirits. She planned to plant sweet peas with her neighbour Arthur and was delighted by a call from little Poppy.",
        ),
        [
            (json!(5), "Laughed several times and spoke with energy."),
            (json!(false), "Nothing urgent was mentioned."),
            (json!(false), "No fall or unsteadiness was mentioned."),
            (json!(false), "Had porridge for breakfast."),
            (json!(false), "Followed the talk easily and recalled details."),
            (json!(false), "Sees her neighbour and talks with family."),
            (json!("Wants to keep the first sweet peas for Sunday."), "Asked to have this passed on."),
            (json!("Right as rain, and off to plant sweet peas."), "Her own words near the end."),
            (json!("good"), "Slept from ten until half past six."),
            (json!("Planting sweet peas in the garden."), "Her plan for the day."),
            (json!("Neighbour Arthur for tea; Poppy rang last night."), "Named both."),
        ],
    )
}

pub(super) fn worrying() -> Script {
    spoken(
        "worrying",
        ENGLISH,
        CALLEE,
        &[
            "Good morning, {name}. It's your companion. How are you feeling today?",
            "Oh... hello, dear. Not so grand, to tell you the truth.",
            "I'm sorry to hear that. Would you like to tell me what happened?",
            "I had a fall in the night. I got up for the bathroom and my legs just went from under me.",
            "That must have been frightening. Did you hurt yourself? Did you hit your head?",
            "No, not my head. My hip is sore, and it took me a good while to get up from the floor.",
            "Can you walk on it now, and is there any bad pain?",
            "I can get to the kitchen if I hold on to things. It aches, but I don't want to bother anybody.",
            "You are not a bother at all. Have you had something to eat and drink today?",
            "No. I haven't really eaten since yesterday morning. I don't fancy anything, and it's no fun alone.",
            "Thank you for telling me. I'd like your family to know right away, so that somebody can look in on you. Is that all right?",
            "Well... if you think so. I wouldn't mind a bit of company, to be honest.",
            "I'll tell them now. Please sit down, keep your telephone beside you, and if the pain gets worse call the emergency number at once.",
            "I will. Thank you, dear. You're very kind.",
            "Take good care, {name}. Somebody will be in touch with you very soon.",
        ],
        (
            "Fall in the night, sore hip, not eating",
            "{name} fell on the way to the bathroom during the night. Her hip is sore and she was on the floor for a while; she did not hit her head. She has not eaten since yesterday morning and feels alone. She agreed that the family be told.",
        ),
        [
            (json!(2), "Sounded subdued and said she was not so grand."),
            (json!(true), "A fall with a sore hip, and no food for a day."),
            (json!(true), "Fell in the night; holds on to things to walk."),
            (json!(true), "Has not eaten since yesterday morning."),
            (json!(false), "Answered clearly and in order."),
            (json!(true), "Said eating alone is no fun and would like company."),
            (
                json!("Fell at night, hip sore, can walk holding on. Not eaten since yesterday morning."),
                "Told by {name}.",
            ),
            (json!("I had a fall in the night."), "Her own words."),
            (json!("poor"), "Up in the night and fell."),
            (json!("Mostly sitting."), "Only gets to the kitchen, holding on."),
            (json!("None today; would like company."), "Said so near the end."),
        ],
    )
}

pub(super) fn ordinary() -> Script {
    spoken(
        "ordinary",
        ENGLISH,
        CALLEE,
        &[
            "Hello, {name}, this is your companion. Is this a good time for a chat?",
            "Yes, come in, come in. I'm only doing the crossword.",
            "I won't keep you from it long. How has your day been so far?",
            "Oh, much as usual. I slept all right, woke once, and had toast and an egg.",
            "Toast and an egg is a proper breakfast. Did you take your tablets with it?",
            "Yes, the white one and the little yellow one. I've got my box with the days on it.",
            "Well done. Will you be going out today?",
            "Only as far as the shop, for milk. My knee doesn't like the stairs much in this damp.",
            "Take your time on them. Is there anything you'd like the family to know?",
            "You could ask them to bring the big scissors when they come. That's all, I think.",
            "I'll pass that on. Good luck with the crossword, {name}. Goodbye!",
        ],
        (
            "An ordinary day with the crossword",
            "{name} had an ordinary day: slept all right, ate breakfast and took her tablets. Her knee dislikes the stairs in damp weather. She asks the family to bring the big scissors.",
        ),
        [
            (json!(3), "Even and friendly, neither high nor low."),
            (json!(false), "Nothing urgent was mentioned."),
            (json!(false), "A stiff knee, but no fall."),
            (json!(false), "Had toast and an egg."),
            (json!(false), "Clear throughout."),
            (json!(false), "Did not say so."),
            (json!("Please bring the big scissors."), "Asked to have this passed on."),
            (json!("Only doing the crossword."), "Her own words."),
            (json!("fair"), "Slept all right, woke once."),
            (json!("Crossword, and a walk to the shop."), "Her plan for the day."),
            (Value::Null, "Did not come up."),
        ],
    )
}

pub(super) fn silent() -> Script {
    wordless(
        "silent",
        ENGLISH,
        CALLEE,
        into_silence(&[
            "Good morning, {name}, it's your companion. How are you today?",
            "Hello? Can you hear me, {name}?",
            "I can't hear you, so I'll ring again later. Take care!",
        ]),
        ["Nobody spoke", "The call was answered, but nobody said anything.", "Nobody spoke."],
    )
}

pub(super) fn voicemail() -> Script {
    wordless(
        "voicemail",
        ENGLISH,
        CALLEE,
        machine(
            "Good morning, {name}, it's your companion.",
            "Hello, nobody can come to the telephone. Please leave a message after the tone.",
            "Hello, {name}, I'll ring again later today. Take care!",
        ),
        ["Reached voicemail", "The call reached a machine and a short message was left.", "No person answered."],
    )
}
