// What makes the page pleasant; everything works without it.
"use strict";

// A list of errors takes the focus, so that it is read first.
document.getElementById("errors")?.focus();

// A column's chip writes its name where the text cursor stands.
const text = document.getElementById("text");
for (const chip of document.querySelectorAll("[data-insert]")) {
  chip.addEventListener("click", () => {
    text.setRangeText(chip.dataset.insert, text.selectionStart, text.selectionEnd, "end");
    text.focus();
  });
}

// A choice of the preview shows at once.
document.getElementById("preview")?.addEventListener("change", (event) => {
  document.getElementById("row").value = "";
  event.target.form.querySelector("[name=look]").click();
});

// How much of a large list has come is shown while it is sent.
const LARGE = 2 << 20; // bytes
const MEGABYTE = 1 << 20;
const STATUS_PAUSE = 5000; // milliseconds between two sentences for those who listen

function showUpload(event, uploading, said) {
  const [progress, status] = uploading.children;
  uploading.hidden = false;
  progress.value = (100 * event.loaded) / event.total;
  if (Date.now() - said.at > STATUS_PAUSE || event.loaded === event.total) {
    said.at = Date.now();
    status.textContent = uploading.dataset.words
      .replace("%(done)s", Math.floor(event.loaded / MEGABYTE))
      .replace("%(all)s", Math.ceil(event.total / MEGABYTE));
  }
}

function showFailure(form, uploading, sentence) {
  delete form.dataset.sent;
  uploading.hidden = false;
  uploading.children[1].textContent = sentence;
}

function showAnswer(request, form, uploading) {
  if (request.status < 400) {
    location.href = request.responseURL;
    return;
  }
  const fresh = new DOMParser().parseFromString(request.responseText, "text/html");
  const main = fresh.querySelector("main");
  if (!main) { // a refusal is one sentence, as after the page was started again
    showFailure(form, uploading, request.responseText);
    return;
  }
  document.title = fresh.title;
  document.querySelector("main").replaceWith(main);
  document.getElementById("errors")?.focus();
  prepareList();
}

function sendLarge(event, list, uploading) {
  const form = list.form;
  if (form.dataset.sent || !list.files.length || list.files[0].size < LARGE) return;
  event.preventDefault();
  const said = { at: 0 };
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (sent) => showUpload(sent, uploading, said));
  request.addEventListener("load", () => showAnswer(request, form, uploading));
  request.addEventListener("error", () => showFailure(form, uploading, uploading.dataset.failed));
  const body = new FormData(form);
  if (event.submitter?.name) body.append(event.submitter.name, event.submitter.value);
  request.send(body);
}

function prepareList() {
  const list = document.getElementById("list");
  if (!list) return;
  // A file that is too large is said before it is sent: the server would end the connection.
  list.addEventListener("change", () => {
    const isTooLarge = list.files.length && list.files[0].size > Number(list.dataset.limit);
    list.setCustomValidity(isTooLarge ? list.dataset.tooLarge : "");
    list.reportValidity();
  });
  // A file may be dropped anywhere on the form, not only on its field.
  list.form.addEventListener("dragover", (event) => event.preventDefault());
  list.form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    list.files = event.dataTransfer.files;
    list.dispatchEvent(new Event("change"));
  });
  const uploading = document.getElementById("uploading");
  list.form.addEventListener("submit", (event) => sendLarge(event, list, uploading));
}

prepareList();

// A second click on the way to the server does nothing.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// The preview, the price and the warnings follow the text while it is written, after a pause.
const LIVE_PARTS = ["live-preview", "preview", "live-signs", "live-segments", "live-findings", "live-sum", "counts"];
const PAUSE = 700; // milliseconds
const textForm = document.getElementById("text-form");
let timer = 0;
let asking = false;

function showParts(fresh, ids) {
  for (const id of ids) {
    const part = fresh.getElementById(id), shown = document.getElementById(id);
    // What somebody reads, opened or stands on with the keyboard is not taken away.
    const isBusy = shown?.contains(document.activeElement) || shown?.querySelector("details[open]");
    if (part && shown && !isBusy && part.innerHTML !== shown.innerHTML) {
      shown.innerHTML = part.innerHTML;
    }
  }
}

async function showLive() {
  if (asking) {
    timer = setTimeout(showLive, PAUSE);
    return;
  }
  asking = true;
  try {
    const body = new URLSearchParams(new FormData(textForm));
    body.set("look", "1");
    const answer = await fetch(textForm.action, { method: "POST", body });
    showParts(new DOMParser().parseFromString(await answer.text(), "text/html"), LIVE_PARTS);
  } finally {
    asking = false;
  }
}

function followText() {
  clearTimeout(timer);
  timer = setTimeout(showLive, PAUSE);
}

text?.addEventListener("input", followText);
// Somebody may have typed before this script was loaded.
if (text && text.value !== text.defaultValue) followText();

// A campaign that is being sent is looked at again; its results are a page of their own, and
// follow the receipts that come in.
const PROGRESS_PARTS = ["tag", "status", "waiting", "figures", "orders", "doubt", "time", "requests"];
const live = document.querySelector("[data-live], [data-follow]");

async function showProgress() {
  const isSending = "live" in live.dataset;
  try {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok && isSending && !fresh.querySelector("[data-live]")) {
      location.replace(location.pathname);
      return;
    }
    const parts = isSending ? PROGRESS_PARTS : ["receipts"];
    showParts(fresh, parts.map((part) => `live-${part}`));
  } catch {
    // The page's own program ended, or the computer slept: ask again.
  }
  lookAgain();
}

function lookAgain() {
  setTimeout(showProgress, Number(live.dataset.live ?? live.dataset.follow));
}

if (live) lookAgain();

// The days and hours follow the kind of text and the day that are chosen.
const deliveryForm = document.getElementById("delivery-form");
document.getElementById("look-hours")?.setAttribute("hidden", "");

let looks = 0;

async function showHours() {
  const look = ++looks;
  const body = new URLSearchParams(new FormData(deliveryForm));
  body.set("look", "1");
  const answer = await fetch(deliveryForm.action, { method: "POST", body });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (look !== looks) return; // another choice was made meanwhile
  showParts(fresh, ["when", "day", "at", "sum"]);
}

deliveryForm?.addEventListener("change", (event) => {
  if (event.target.name !== "when") showHours();
});
document.getElementById("other_day")?.addEventListener("input", () => {
  for (const day of document.querySelectorAll("[name=day]:checked")) day.checked = false;
});
