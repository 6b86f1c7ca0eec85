// A picture from a phone is several megabytes: where the browser can draw it, it is sent as what a page needs.
// Two copies, at most 1600 and 640 pixels wide; without this file the picture goes as it is, within the limit.
const WIDE = 1600, SLIM = 640, QUALITY = 0.82;

const copy = (image, width, name) =>
  new Promise((done, fail) => {
    const scale = Math.min(1, width / image.width);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; // JPEG knows no transparency
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => (blob ? done(new File([blob], name, { type: blob.type })) : fail()), "image/jpeg", QUALITY);
  });

const put = (input, file) => {
  const held = new DataTransfer();
  held.items.add(file);
  input.files = held.files;
};

for (const form of document.querySelectorAll("form[data-photo]")) {
  const picked = form.querySelector('input[name="picture"]');
  const seen = form.querySelector("[data-photo-seen]");
  const slim = document.createElement("input");
  slim.type = "file";
  slim.name = "slim";
  slim.hidden = true;
  const button = form.querySelector("button[type=submit]");
  picked.after(slim);
  picked.addEventListener("change", async () => {
    const [file] = picked.files;
    slim.value = "";
    seen.hidden = true;
    if (!file) return;
    button.disabled = true;
    try {
      const image = await createImageBitmap(file, { imageOrientation: "from-image" });
      const wide = await copy(image, WIDE, "picture.jpg");
      put(slim, await copy(image, SLIM, "slim.jpg"));
      if (wide.size < file.size || image.width > WIDE) put(picked, wide);
      const shown = document.createElement("img");
      shown.src = await new Promise((done) => {
        const reader = new FileReader();
        reader.onload = () => done(reader.result);
        reader.readAsDataURL(slim.files[0]);
      });
      shown.alt = "";
      seen.replaceChildren(shown);
      seen.hidden = false;
    } catch {
      slim.value = ""; // the file goes as it is, and the server says what is wrong with it
    } finally {
      button.disabled = false;
    }
  });
}
