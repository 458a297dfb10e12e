/* Records a voice note in the browser and puts it into the form as its file; where that cannot be, one chooses a file. */
(function () {
  "use strict";
  const form = document.querySelector("[data-voice]");
  if (!form || !navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return;
  const part = (name) => form.querySelector(`[data-voice-${name}]`);
  const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg"];
  const kind = KINDS.find((each) => MediaRecorder.isTypeSupported(each));
  if (!kind) return;
  const LONGEST_MS = 30 * 60 * 1000; // far below what is taken, whatever the browser makes of it
  let recorder = null;
  let ticking = 0;

  function tick(since) {
    const seconds = Math.floor((Date.now() - since) / 1000);
    part("said").textContent = `${form.dataset.busy} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds * 1000 > LONGEST_MS) recorder.stop();
  }
  function show(recording) {
    part("record").hidden = recording;
    part("stop").hidden = !recording;
    (recording ? part("stop") : part("record")).focus();
  }
  part("record").addEventListener("click", async function () {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      part("said").textContent = form.dataset.denied;
      return;
    }
    const pieces = [];
    recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: 64000 });
    recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    recorder.addEventListener("stop", function () {
      stream.getTracks().forEach((track) => track.stop());
      clearInterval(ticking);
      const ending = kind.includes("webm") ? "webm" : kind.includes("mp4") ? "m4a" : "ogg";
      const chosen = new DataTransfer();
      chosen.items.add(new File(pieces, `voice-note.${ending}`, { type: kind.split(";")[0] }));
      form.elements.sound.files = chosen.files;
      show(false);
      form.elements.title.focus();
    });
    recorder.start();
    const since = Date.now();
    ticking = setInterval(() => tick(since), 500);
    tick(since);
    show(true);
  });
  part("stop").addEventListener("click", () => recorder.stop());
  part("do").hidden = false;
})();
