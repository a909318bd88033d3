// A bot that asks for a name, and remembers it.

import { Session } from "./bothost";
import { anyText, dialog } from "./bothost/dialog";
export * from "./bothost/exports";

dialog((d) => {
  d.name("@NAME@", "0.1.0");

  d.initial("ask")
    .enter((s) => s.reply("Hello! What is your name?"))
    .when(anyText()).goTo("met");

  d.state("met")
    .enter((s) => {
      s.set("name", said(s));
      s.reply(`Nice to meet you, ${said(s)}!`);
    })
    .when(anyText()).goTo("known");

  d.state("known")
    .enter((s) => s.reply((s.get("name") || "") + ", you said: " + said(s)))
    .when(anyText()).goTo("known");
});

// What was said, or nothing if it was no text.
function said(s: Session): string {
  return s.message || "";
}
