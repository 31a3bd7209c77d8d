# What only the operator can mend: what it means, and how it is mended. On the staff's page, in letters and in
# `callpanion doctor`. What a vendor says of it stands beside these as it is.

trouble-said = In its own words:
trouble-since = Since { $day }, { $time }.
trouble-times = Seen at least { $count } times, last { $day }, { $time }.
trouble-close = It is mended

trouble-what-ringing = Calls over { $about } fail: the vendor refuses them until you have acted.
trouble-mend-ringing = Mend what these words name: a key, an agreement, credit, or a setting in the section plugins.{ $about } of the configuration. `callpanion check` asks the vendor again. This closes by itself with the next call that goes through.
trouble-what-looking_up = What became of calls over { $about } cannot be looked up, so results come late or not at all.
trouble-mend-looking_up = Mend what these words name, most likely what the key may read. `callpanion check` asks the vendor again. This closes by itself with the next look-up that is answered.
trouble-what-taking_back = Calls over { $about } cannot be taken back: one that a family cancels may ring all the same.
trouble-mend-taking_back = Mend what these words name, most likely what the key may change. `callpanion check` asks the vendor again. This closes by itself with the next call that is taken back.
trouble-what-talking = Talks cannot begin: { $about } opens no conversation, and whoever picks up in the app hears nobody.
trouble-mend-talking = Mend what these words name: a key, an agent, credit, or a setting in the section plugins.{ $about } of the configuration. `callpanion check` asks the vendor again. This closes by itself with the next talk that begins.
trouble-what-fetching = Talks whose webhook does not come cannot be fetched from { $about } either, so they have no summary.
trouble-mend-fetching = Mend what these words name, most likely what the key may read. `callpanion check` asks the vendor again. What is not older than a day is fetched by itself then.
trouble-what-summarising = Summaries are not written: { $about } is not set up as it needs to be.
trouble-mend-summarising = Mend what these words name, in the section plugins.{ $about } of the configuration. Summaries that wait for less than half a day are written by themselves then.
trouble-what-digesting = Families are not told of their week: the plugin that { $about } names is not loaded, writes no weeks, or is not set up as it needs to be.
trouble-mend-digesting = Mend what these words name: { $about } in the configuration has to name a plugin that writes weeks and is switched on (`enabled = true` in its section), and its settings have to be right. Then start Callpanion anew. The last week is told of within the hour, and this closes by itself.
trouble-what-no_channel = A callee has a device or a number for which no channel plugin is switched on: nobody can be rung there.
trouble-mend-no_channel = Switch the channel on (`enabled = true` in its section of the configuration), grant what `callpanion plugin show` lists for it, and start Callpanion anew. Then close this here.
trouble-what-not_loaded = Calls were to ring over { $about }, which is not loaded: nobody can be rung there.
trouble-mend-not_loaded = Switch it on again (`enabled = true` in the section plugins.{ $about } of the configuration) and start Callpanion anew. This closes by itself with the next call that goes through.
trouble-what-sealed = Push addresses of callees are sealed with a key that Callpanion was not given, or are damaged: these devices cannot be rung.
trouble-mend-sealed = Set `database.encryption_key`, or `database.previous_encryption_key`, to the key with which they were sealed, and start Callpanion anew. If that key is lost, each phone or browser registers anew when its app or page is opened. Then close this here.
trouble-what-not_replaced = A new version of { $about } was not taken; the old one serves on.
trouble-mend-not_replaced = Mend the new version, or put the old file back. Its file is looked at again whenever it changes.
trouble-what-webhooks_missing = Webhooks of { $about } do not arrive. Talks had to be fetched, so families read of them late.
trouble-mend-webhooks_missing = Look at the webhook’s address and state at the vendor, and whether Callpanion can be reached from outside; `callpanion check` tells what it finds. A vendor turns off a webhook that fails for long. This closes by itself when one has come.
trouble-what-mail = Letters cannot be sent: nobody is told of missed calls, worries and summaries by mail.
trouble-mend-mail = Look at the section mail of the configuration, and at the mail server. Letters wait, and are tried for half a day. This closes by itself with the next letter that is taken.
trouble-what-texting = Text messages over { $about } are not sent. Letters go out as before.
trouble-mend-texting = Mend what these words name: a key, the number that sends, a permission, credit, or a setting in the section plugins.{ $about } of the configuration. This closes by itself with the next message that is taken.
trouble-what-number_facts = { $about } does not say what is behind a phone number, so new numbers are taken as they are typed.
trouble-mend-number_facts = Mend what these words name: a key, or a setting in the section plugins.{ $about } of the configuration. This closes by itself with the next number that is looked up.
trouble-what-pushing = Notices in browsers over { $about } are not sent. Letters go out as before.
trouble-mend-pushing = Mend what these words name: the contact of the credential, the server’s clock, or a setting in the section plugins.{ $about } of the configuration. This closes by itself with the next notice that is taken.
trouble-what-set_up = Something is not set up as { $about } needs it: calls, the reports of them, or notices fail or soon will.
trouble-mend-set_up = Mend what these words name. `callpanion check` asks the vendor again, and tells all that it finds. Callpanion asks once a day by itself: this closes when it finds no problem any more.
