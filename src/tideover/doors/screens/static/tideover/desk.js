// Keys and the ticking clock. Any element may say data-key="n": pressing the key clicks it, or focuses a field.
// Keys rest while one types; "mod+Enter" (Ctrl or Command) works there too.
(() => {
  "use strict";
  const typing = (el) =>
    el.closest("textarea, select, [contenteditable]") ||
    (el.matches("input") && !["radio", "checkbox", "button", "submit"].includes(el.type));

  const nameOf = (event) => {
    const modified = event.ctrlKey || event.metaKey;
    if (event.altKey) return null;
    if (modified) return event.key === "Enter" ? "mod+enter" : null;
    if (/^[\w?]$/.test(event.key)) return event.key.toLowerCase();
    // With a Chinese input method on, event.key may be "Process" or full width: the physical key still tells.
    if (/^Key[A-Z]$/.test(event.code)) return event.code.slice(3).toLowerCase();
    if (/^(Digit|Numpad)\d$/.test(event.code)) return event.code.slice(-1);
    return event.key === "？" ? "?" : event.key.toLowerCase();
  };

  const usable = (el) => !el.disabled && el.getClientRects().length > 0;

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing) return;
    const name = nameOf(event);
    if (!name) return;
    if (name === "escape" && typing(event.target)) return event.target.blur();
    if (typing(event.target) && name !== "mod+enter") return;
    const scope = document.querySelector("dialog[open]") || document;
    const found = [...scope.querySelectorAll("[data-key]")].find((el) => el.dataset.key === name && usable(el));
    if (!found) return;
    event.preventDefault();
    if (found.matches("input[type=radio], input[type=checkbox]")) { found.focus(); found.click(); }
    else if (found.matches("input, textarea, select")) { found.focus(); if (found.matches("input")) found.select(); }
    else found.click();
  });

  // <time data-ticks="ISO" data-zone="Asia/Shanghai" data-stops="ISO">: runs on from the server's instant.
  const since = (el) => performance.now() - Number((el.dataset.seen ||= String(performance.now())));
  const tick = () => {
    for (const el of document.querySelectorAll("time[data-ticks]")) {
      let at = Date.parse(el.dataset.ticks) + (el.dataset.stands ? 0 : since(el));
      if (el.dataset.stops) at = Math.min(at, Date.parse(el.dataset.stops));
      el.textContent = new Intl.DateTimeFormat("en-GB", {
        timeZone: el.dataset.zone || "UTC", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
      }).format(at);
    }
    // <output data-since="SECONDS">: how long a call has lasted, counted from when it came onto the page.
    for (const el of document.querySelectorAll("output[data-since]")) {
      const seconds = Math.floor(Number(el.dataset.since) + since(el) / 1000);
      el.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
  };
  tick();
  setInterval(tick, 1000);

  // Parts that only one choice needs: <fieldset data-when="promise-to-pay"> follows the checked "result".
  const follow = (root) => {
    for (const part of root.querySelectorAll("[data-when]")) {
      const [field, value] = part.dataset.when.split("=");
      const chosen = part.closest("form").querySelector(`[name="${field}"]:checked`);
      const on = Boolean(chosen) && value.split(" ").includes(chosen.value);
      part.hidden = !on;
      part.disabled = !on;
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.form) follow(event.target.form);
    // A quick choice fills the field it names: <input type=radio data-fills="id_x" data-value="2026-10-05">.
    const { fills, value } = event.target.dataset;
    if (fills) document.getElementById(fills).value = value;
    if (event.target.matches("[data-sends]")) event.target.form.requestSubmit();
  });
  // The list stays at the case at hand, a little below its top, without moving the page.
  const showCurrent = () => {
    const current = document.querySelector(".queue [aria-current]"), list = current?.closest(".stay");
    if (list) list.scrollTop += current.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
  };
  document.addEventListener("htmx:after:swap", () => { follow(document); tick(); showCurrent(); });
  follow(document);
  showCurrent();

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();
    const closes = event.target.closest("[data-closes]")?.closest("dialog, .toast");
    if (closes?.matches("dialog")) closes.close();
    else closes?.remove();
  });

  // The server failed or cannot be reached: say so, leave the page as it is. A refusal is a page of its own and says why.
  for (const name of ["htmx:response:error", "htmx:error"]) {
    document.addEventListener(name, (event) => {
      const words = document.body.dataset.unreachable, status = event.detail?.ctx?.response?.status;
      if (!words || (status >= 400 && status < 500)) return;
      const toast = document.createElement("p");
      toast.className = "toast is-stop";
      toast.setAttribute("role", "alert");
      toast.textContent = words;
      document.getElementById("toasts")?.append(toast);
      setTimeout(() => toast.remove(), 8000);
    });
  }
})();
