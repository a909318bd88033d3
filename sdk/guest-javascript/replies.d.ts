// Replies of kinds that have a form of their own.

declare module "bothost" {
  export interface Session {
    replyMarkdown(text: string): void;
    replyHTML(html: string): void;
    replyTable(columns: string[], rows: Value[][]): void;
    /** A figure of plotly. */
    replyPlotly(figure: { data: object[]; layout?: object }): void;
    replyLocation(latitude: number, longitude: number): void;
    replyRAG(rag: RAG): void;
    replyReasoning(step: Reasoning): void;
    replyTasks(...tasks: (Task | Task[])[]): void;
    replyGUI(gui: object): void;
    updateGUI(gui: object): void;
  }

  export interface RAG {
    question: string;
    answer: string;
    model?: string;
    docs?: { content: string; source?: string; page?: number }[];
  }
  export interface Reasoning {
    kind: "reasoning_started" | "reasoning_finished" | "llm_text" | "llm_tool_calls" | "tool_result"
      | "task_added" | "task_completed" | "task_skipped" | "pushback" | "max_steps";
    step: number;
    summary: string;
    details?: object;
  }
  export interface Task {
    id: number;
    description: string;
    status?: "pending" | "in_progress" | "completed" | "skipped";
    result?: string;
  }
}
