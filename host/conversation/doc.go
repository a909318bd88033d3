// Package conversation reads conversations with a bot from files, has them played,
// and says where the bot did otherwise. It is pure: it knows no bot and no clock,
// only a [Player].
//
// # Form
//
// A file, called something.chat, is UTF-8 text that reads like a transcript. What
// the user does begins with >, the bot's replies stand below it as they are:
//
//	# How the bot takes good news.
//	@bot greetings.wasm
//
//	== a good day
//	Welcome!
//	> hello
//	Hi! How are you?
//	[Good] [Bad]
//	> [Good]
//	~ glad
//	@state initial
//	@var mood = good
//
//	== a reminder
//	*
//	> remind me in 5 minutes
//	/^I will .* in 5 min(ute)?s/
//	... 4 minutes
//	-
//	... 1 minute
//	It is time!
//
// A conversation is the whole of what was said: a reply that is not written fails
// it, and so does one that is written and did not come. Each line is one of these:
//
//	(empty), # words    nothing, and a comment
//	== NAME             a conversation begins; a file that has only one may leave it out
//
// What happens:
//
//	> TEXT              the user says something
//	> [LABEL]           the user chooses an option that was offered last, by label or value
//	> [LABEL](VALUE)    an option is chosen, whether it was offered or not
//	>file NAME TYPE SIZE
//	>file NAME TYPE = TEXT
//	>file NAME TYPE < FILE
//	                    the user sends a file of that MIME type; size is a number of
//	                    bytes, or such as 12kB, 3MB, 4KiB, which are zero; with = it has
//	                    this content, with < that of a file beside the conversation. The
//	                    lines below are further files
//	>voice NAME TYPE SIZE
//	                    the same, of audio, and only one
//	>json JSON          a JSON message
//	>event NAME JSON    a custom event, with data or without
//	>agent TEXT         another agent says something
//	>reset              the session begins anew
//	... 5 minutes       time passes: also 300 ms, 1 hour 30 minutes, 2 days
//	@swap FILE          the bot's module is swapped for another file
//	@stub METHOD URL -> STATUS TEXT
//	@stub METHOD URL -> CODE
//	                    requests of the bot are answered so from now on, or have no
//	                    answer, for instance because of a timeout. In the URL * is for
//	                    anything; no method is any. The last one that fits answers
//
// What is wanted after it:
//
//	TEXT                a reply of kind text that is exactly this
//	~ TEXT              a reply that contains this, of any kind, shown as text
//	/REGEXP/            a reply in which this finds something (RE2's syntax), as above
//	[LABEL] [LABEL]     a reply of these options; [LABEL](VALUE) if the value is another
//	{KIND}              a reply of that kind
//	{KIND} TEXT         the same with exactly this body; also with ~ and with /
//	*                   any further replies, or none
//	-                   no reply; it may be left out. "- milk" is a text
//	@state NAME         where the session stands; - is nowhere
//	@var NAME = TEXT    a variable of the session; also NAME ~ TEXT, and NAME /REGEXP/
//	@var NAME -         a variable that is not set
//	@file NAME = TEXT   the content of the file that the bot gave this name when it
//	                    replied with it last; otherwise as with @var
//	@intent NAME        the intent of what was said; - is none
//	@score >= NUMBER    how well it was recognised
//	@param NAME = TEXT  a parameter of the intent, one of its values if there are
//	                    several; otherwise as with @var
//	@fuel <= NUMBER     what the turns cost
//	@fails              a turn fails, or a swap is refused; with TEXT, which the cause
//	                    contains, or with /REGEXP/, which finds something in it
//
// What comes before the first line with > is wanted when the session begins. What
// a turn leads to without time passing, such as the answer to a request, comes with
// the turn. Of a turn that fails, only that it fails must be written.
//
// At the head of a file, before its first conversation, may stand comments, @stub
// lines, which hold in all of its conversations, and one line of
//
//	@bot FILE           the bot's module
//
// Files are named as seen from the folder of the conversation.
//
// # Several sessions
//
// In front of > may stand who does something, and then it stands there throughout
// the conversation. Who speaks first begins a session, and the bot's first words to
// them come before its answer; NAME>start begins one without a word. Replies and
// checks are of the session that was named last. NAME< and NAME@ name it there:
//
//	== a room of two
//	anna> hello
//	Hello, you!
//	bob>start
//	Anna is here.
//	anna< Bob came.
//	bob@state room
//
// A name is of letters, digits, - and _, and also the user's id.
//
// # Text
//
// The lines below a text that begin with two spaces, or with a tab, go on with it;
// so do empty ones between them. Spaces at the end of a line do not count.
// A text that could be taken for something else has a backslash in front, which is
// not part of it: "\# 1" is "# 1". A text in quotation marks is a JSON string, for
// all that cannot be seen or would be lost; one that begins with a quotation mark
// has a backslash too. Within [LABEL] and (VALUE) a backslash stands in front of
// brackets, parentheses and backslashes; NAME of one word may also be a JSON string.
//
// # Concurrency
//
//   - A [File] and its conversations are not changed after [Parse]: many may be
//     run at the same time, each with a [Player] of its own.
package conversation
