// The way to an answer: a trace of steps, which folds, and a list of tasks.
import { el } from './dom.js';

const names = {
  reasoning_started: 'Started', reasoning_finished: 'Finished', llm_text: 'Thought',
  llm_tool_calls: 'Called', tool_result: 'Got', task_added: 'Added a task',
  task_completed: 'Completed a task', task_skipped: 'Skipped a task', pushback: 'Sent back',
  max_steps: 'Too many steps',
};

export function steps(item) {
  const all = item.steps ?? [item.body];
  const last = all[all.length - 1];
  const done = last.kind === 'reasoning_finished' || last.kind === 'max_steps';
  const count = all.filter((s) => !s.kind.startsWith('reasoning_')).length;
  return el('details', { class: `steps ${done ? 'done' : ''}` },
    el('summary', {},
      done ? `Thought in ${count} ${count === 1 ? 'step' : 'steps'}` : `Thinking: ${last.summary}`),
    el('ol', {}, all.filter((s) => s.summary || s.kind === 'llm_tool_calls').map(step)));
}

function step(s) {
  const calls = (s.details?.tool_calls ?? []).map((c) => c?.name).filter((n) => typeof n === 'string');
  return el('li', {}, el('span', { class: 'fine' }, names[s.kind] ?? s.kind), ' ', s.summary,
    calls.map((name) => [' ', el('code', {}, name)]));
}

const states = {
  pending: ['○', 'to do'], in_progress: ['◐', 'in progress'],
  completed: ['✓', 'done'], skipped: ['–', 'skipped'],
};

export function tasks({ body }) {
  const done = body.filter((t) => t.status === 'completed' || t.status === 'skipped').length;
  return el('section', { class: 'tasks', 'aria-label': 'Tasks' },
    el('p', { class: 'fine' }, `${done} of ${body.length} tasks done`),
    el('ul', {}, body.map(({ description, status, result }) => {
      const [sign, word] = states[status] ?? states.pending;
      return el('li', { class: status },
        el('span', { class: 'sign', role: 'img', 'aria-label': word }, sign),
        el('div', {}, el('span', {}, description), result ? el('p', { class: 'fine' }, result) : null));
    })));
}
