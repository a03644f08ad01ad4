/* Small comforts of the account pages: passwords can be looked at, codes copied, and what went wrong with a passkey is
   said in words. Without this script everything but passkeys works; what needs it is hidden until it runs. */
"use strict";
(() => {
  document.querySelectorAll("input[data-reveal]").forEach((input) => {
    const { reveal, conceal } = input.dataset;
    const box = document.createElement("div");
    const button = document.createElement("button");
    box.className = "revealing";
    button.type = "button";
    button.className = "plain";
    button.textContent = reveal;
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-controls", input.id);
    input.replaceWith(box);
    box.append(input, button);
    button.addEventListener("click", () => {
      const shown = input.type === "text";
      input.type = shown ? "password" : "text";
      button.textContent = shown ? reveal : conceal;
      button.setAttribute("aria-pressed", String(!shown));
    });
    /* A password manager keeps what was a password when the form left. */
    input.form?.addEventListener("submit", () => { input.type = "password"; });
  });

  const passkeys = "PublicKeyCredential" in window && window.isSecureContext;
  document.querySelectorAll("[data-script]").forEach((el) => { el.hidden = el.dataset.script === "passkeys" && !passkeys; });

  document.querySelectorAll("button[data-copy]").forEach((button) => {
    const from = document.getElementById(button.dataset.copy);
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText([...from.querySelectorAll("li")].map((item) => item.textContent.trim()).join("\n"));
      button.textContent = button.dataset.copied;
    });
  });
  document.querySelectorAll("button[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  /* allauth's script tells of every ceremony that ended without a key: given up, timed out, or a key that is known already. */
  document.addEventListener("allauth.error", (event) => {
    const said = document.getElementById("passkey-said");
    if (!said) return;
    event.preventDefault();
    const known = event.detail.exception?.name === "InvalidStateError";
    said.textContent = known ? said.dataset.known : said.dataset.failed;
    said.hidden = false;
  });
})();
