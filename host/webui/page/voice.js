// Sound from the microphone. The browser asks the user, who sees all the time that
// it is on.

/** How long a message may be, in ms. */
const longest = 300_000;

/** The forms of sound that browsers record, the best first. */
const forms = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4'];

export class Recorder {
  #recorder = null;
  #stream = null;
  #pieces = [];
  #timer = 0;
  #context = null;
  #keep = true;
  #asking = false;

  /** ended is told of the recording as a file, or of null if it was given up. */
  ended = () => {};

  /** level is told how loud it is, from 0 to 1, and for how many ms it runs. */
  level = () => {};

  static get possible() {
    return Boolean(globalThis.MediaRecorder && navigator.mediaDevices?.getUserMedia);
  }

  /** running says that it records, or waits for the user to allow it. */
  get running() { return this.#asking || Boolean(this.#recorder); }

  /** start begins, unless it runs; it throws if there is no microphone, or it may not
   * be used. */
  async start() {
    if (this.running) return;
    this.#asking = true;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } finally {
      this.#asking = false;
    }
    const type = forms.find((f) => MediaRecorder.isTypeSupported(f));
    this.#recorder = new MediaRecorder(this.#stream, type ? { mimeType: type } : {});
    this.#pieces = [];
    this.#keep = true;
    this.#recorder.addEventListener('dataavailable', (e) => {
      if (e.data.size) this.#pieces.push(e.data);
    });
    this.#recorder.addEventListener('stop', () => this.#stopped());
    this.#recorder.start(250);
    this.#watch(Date.now());
  }

  /** stop ends the recording; it is kept unless keep is false. */
  stop(keep = true) {
    this.#keep = keep;
    if (this.#recorder?.state === 'recording') this.#recorder.stop();
  }

  #watch(begun) {
    this.#context = new AudioContext();
    const meter = this.#context.createAnalyser();
    meter.fftSize = 512;
    this.#context.createMediaStreamSource(this.#stream).connect(meter);
    const wave = new Uint8Array(meter.fftSize);
    this.#timer = setInterval(() => {
      meter.getByteTimeDomainData(wave);
      const loud = wave.reduce((most, v) => Math.max(most, Math.abs(v - 128)), 0) / 128;
      const ran = Date.now() - begun;
      this.level(loud, ran);
      if (ran > longest) this.stop();
    }, 100);
  }

  #stopped() {
    clearInterval(this.#timer);
    this.#stream.getTracks().forEach((t) => t.stop());
    this.#context.close();
    const type = (this.#recorder.mimeType || 'audio/webm').split(';')[0];
    this.#recorder = null;
    const ending = type.split('/')[1];
    this.ended(this.#keep && this.#pieces.length ?
      new File(this.#pieces, `voice.${ending}`, { type }) : null);
  }
}
