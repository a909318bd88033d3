// Draws the charts of the page that this frame stands in. It is no module: those
// are not loaded by frames without an origin.
'use strict';

const place = document.getElementById('plot');
const say = (chart) => parent.postMessage({ chart }, '*');

/** themed gives a figure the page's colours where it has none of its own. */
function themed(figure, colours) {
  const axis = { gridcolor: colours.line, zerolinecolor: colours.line, linecolor: colours.line, automargin: true };
  return {
    paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', margin: { t: 48, r: 16, b: 40, l: 48 },
    colorway: [colours.accent, '#e07a3f', '#2f9e8f', '#b3589a', '#c9a227', '#6c7a89'],
    ...figure.layout, autosize: true, width: undefined, height: undefined,
    font: { family: 'system-ui, sans-serif', size: 13, color: colours.text, ...figure.layout?.font },
    xaxis: { ...axis, ...figure.layout?.xaxis }, yaxis: { ...axis, ...figure.layout?.yaxis },
  };
}

addEventListener('message', async (e) => {
  if (e.source !== parent || !e.data?.draw) return;
  const { draw: figure, colours } = e.data;
  // A frame is white where the page is dark, unless it has a colour of its own.
  document.body.style.background = colours.paper;
  try {
    await Plotly.react(place, figure.data, themed(figure, colours), {
      responsive: true, displaylogo: false, displayModeBar: false, showSendToCloud: false,
    });
    say('drawn');
  } catch (error) {
    console.warn('this chart cannot be drawn', error);
    say('failed');
  }
});

say(globalThis.Plotly ? 'ready' : 'failed');
