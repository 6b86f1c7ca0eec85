// Reads QR codes from the camera: the browser's own detector where it has one, else jsQR (npm, a bundle of its own that
// is fetched only then: it weighs more than the rest of the page).
const PAUSE = 150; // ms between looks: quick for a hand, easy on a phone's battery
const SAME = 4000; // ms in which the same code is taken for the same ticket still held up

const reader = async () => {
  const formats = (await globalThis.BarcodeDetector?.getSupportedFormats?.().catch(() => [])) ?? [];
  if (formats.includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  const { default: jsQR } = await import("jsqr");
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, 640 / video.videoWidth);
    canvas.width = video.videoWidth * scale;
    canvas.height = video.videoHeight * scale;
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = pen.getImageData(0, 0, canvas.width, canvas.height);
    return jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data;
  };
};

export const watch = (part, found) => {
  if (!part || !navigator.mediaDevices?.getUserMedia) return;
  const video = part.querySelector("video");
  const button = part.querySelector("button");
  const start = button.textContent;
  let stream = null;
  let last = { code: "", at: 0 };
  part.hidden = false;

  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    button.textContent = start;
  };

  const look = async (read) => {
    if (!stream) return;
    if (video.readyState >= 2 && !document.hidden) {
      const code = await read(video).catch(() => null);
      const now = Date.now();
      if (code && (code !== last.code || now - last.at > SAME)) {
        last = { code, at: now };
        found(code);
      } else if (code) last.at = now;
    }
    setTimeout(look, PAUSE, read);
  };

  button.addEventListener("click", async () => {
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      part.hidden = true; // refused or none: the box above still takes every code
      return;
    }
    try {
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      button.textContent = part.dataset.stop;
      look(await reader());
    } catch {
      stop(); // the reader could not be loaded; the button stays for another try
    }
  });
};
