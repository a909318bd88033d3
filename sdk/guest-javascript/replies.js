// Replies of kinds that have a form of their own: abi/README.md has them.
import { Session } from "./session.js";
import { string } from "./engine/values.js";

Object.assign(Session.prototype, {
  replyMarkdown(text) { this.replyAs("markdown", string(text, "replyMarkdown: the text")); },
  replyHTML(html) { this.replyAs("html", string(html, "replyHTML: the text")); },
  replyTable(columns, rows) { this.replyAs("dataframe", { columns, rows }); },
  replyPlotly(figure) { this.replyAs("plotly", figure); },
  replyLocation(latitude, longitude) { this.replyAs("location", { latitude, longitude }); },
  replyRAG({ question, answer, model = "", docs = [] }) {
    const metadata = ({ content, source, page }) => ({ content, metadata: { source, page } });
    this.replyAs("rag", { llm_name: model, question, answer, docs: docs.map(metadata) });
  },
  replyReasoning({ kind, step, summary, details = {} }) {
    this.replyAs("reasoning", { kind, step, summary, details });
  },
  replyTasks(...tasks) {
    this.replyAs("tasks", tasks.flat().map((task) => ({ status: "pending", ...task })));
  },
  replyGUI(gui) { this.replyAs("gui", gui); },
  updateGUI(gui) { this.replyAs("gui_update", gui); },
});
