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
  event.target.form.querySelector("[name=look]").click();
});

// A second click on the way to the server does nothing.
for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
