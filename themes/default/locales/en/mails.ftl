# Letters.

mail-footer = You get this letter because you have an account at this Callpanion.
mail-hello = Dear { $name },
mail-confirm-subject = Please confirm your e-mail address
mail-confirm-text = Thank you for signing up. Please open this link and press the button to confirm your address:
mail-confirm-button = Confirm my address
mail-confirm-note = The link works for one day. If you did not sign up, you need not do anything.
mail-reset-subject = Choose a new password
mail-reset-text = Someone, hopefully you, asked for a new password. Open this link to choose one:
mail-reset-button = Choose a new password
mail-reset-note = The link works for one hour and only once. If it was not you, your old password stays as it is.
mail-summary-subject = { $name } has talked with us
mail-summary-when = We talked with { $name } { $day } at { $time } in { $place }, for { $length }.
mail-unheard-subject = Our call with { $name }: we heard nobody
mail-unheard-when = The call was answered { $day } at { $time } in { $place }, and lasted { $length }.
mail-summary-mood = Mood: { $mood }.
mail-summary-button = Read the summary
mail-week-subject = { $name }’s week
mail-week-days = From { $from } to { $until }.
mail-week-there = Where it was said
mail-week-button = See all calls
mail-missed-subject = { $name } did not talk with us at { $time }
mail-missed-tries = { $count ->
    [one] We rang once.
   *[other] We rang { $count } times.
}
mail-missed-next = We ring again { $day } at { $time } in { $place }.
mail-missed-advice = Most often there is a simple reason. If you are worried, please call yourself or ask a neighbour to look in.
mail-missed-button = See what happened
mail-alert-text = Will you look after it? Tell the others with one press, and nobody else is asked:
mail-alert-button = I look after it
mail-alert-earlier = { $count ->
    [one] { $names } was told before you and has not answered yet.
   *[other] { $names } were told before you and have not answered yet.
}
mail-said-when = It was said in our talk { $day } at { $time } in { $place }.
mail-said-button = Read it in the call

mail-exists-subject = You already have an account
mail-exists-text = Someone, hopefully you, wanted to sign up with this address. There is already an account, so you can simply sign in:
mail-exists-note = If you have forgotten your password, you can choose a new one there. If it was not you, you need not do anything.

mail-trouble-subject = Callpanion needs you: { $about }
mail-trouble-note = You get one letter about this. The staff page and `callpanion doctor` tell whether it goes on.
mail-trouble-button = Open the staff page

mail-why-talked = You get this letter after each call that is answered, as one of “{ $family }”.
mail-why-not_reached = You get this letter when a call did not become a talk, as one of “{ $family }”.
mail-why-worrying = You get this letter when something worrying was said, as one of “{ $family }”.
mail-why-weekly = You get this letter on Sunday evenings after a week with calls, as one of “{ $family }”.
mail-why-must = It always comes to whoever is told first, so that somebody knows.
mail-why-off = No more letters about this
mail-why-wishes = Choose your letters, their language and your quiet hours
