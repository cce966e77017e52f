// Keys for those who like them, and a word when a running scan brings new matters.
// Every page is whole without this file.
"use strict";
(() => {
  const typing = (at) => at && (/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) && !/^(radio|checkbox)$/.test(at.type || "") || at.isContentEditable);
  const hits = () => [...document.querySelectorAll(".hit")];
  let here = -1;
  const at = () => {
    const all = hits();
    const own = document.activeElement && document.activeElement.closest(".hit, tr.row");
    const found = all.findIndex((hit) => own && (hit === own || own.contains(hit)));
    return found >= 0 ? found : here;
  };
  const go = (step) => {
    const all = hits();
    // Behind the last hit of a page of a document is the first of another.
    const beyond = at() + step;
    const way = document.querySelector(step > 0 ? "a.beyond[rel=next]" : "a.beyond[rel=prev]");
    if (way && (beyond < 0 || beyond >= all.length)) return location.assign(way.href);
    if (!all.length) return;
    here = Math.max(0, Math.min(all.length - 1, at() + step));
    const hit = all[here];
    hit.focus({ preventScroll: true });
    hit.scrollIntoView({ block: "center" });
  };
  const to = (selector) => {
    const found = document.querySelector(selector);
    if (!found) return;
    const first = selector === "#panel" ? found.querySelector("input:not([type=hidden]), select, textarea") : null;
    (first || found).focus();
    found.scrollIntoView({ block: "nearest" });
  };
  const rule = (name) => {
    const hit = document.activeElement && document.activeElement.closest(".hit");
    const box = hit && hit.querySelector(`input[type=radio][value=${name}]`);
    if (!box) return;
    box.checked = true;
    const reason = hit.querySelector("input[name^=reason-]");
    if (reason) reason.focus();
  };
  const legend = async () => {
    const open = document.querySelector("dialog");
    if (open) return open.close();
    const dialog = document.createElement("dialog");
    const answer = await fetch("/keys", { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const table = page.querySelector("#legend");
    if (!table) return;
    dialog.append(document.importNode(table, true));
    dialog.setAttribute("aria-label", page.querySelector("h1").textContent);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };
  const keys = {
    "?": legend,
    j: () => go(1), n: () => go(1), k: () => go(-1), p: () => go(-1),
    x: () => {
      const row = hits()[at()] && hits()[at()].closest("tr");
      const box = row && row.querySelector("input[type=checkbox]");
      if (box) box.checked = !box.checked;
    },
    u: () => rule("upheld"), o: () => rule("overturned"), l: () => rule("left"),
    d: () => to("#panel"), f: () => to("#findings"), "/": () => to("#text"),
  };
  let before = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && typing(document.activeElement)) return document.activeElement.blur();
    if (typing(document.activeElement)) return;
    if (before === "g" && (event.key === "q" || event.key === "r")) {
      location.href = event.key === "q" ? "/queue" : "/rules";
      return;
    }
    before = event.key;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  // While a scan runs, matters come: say so, and change nothing under anybody's hands.
  const total = document.getElementById("total");
  const more = document.getElementById("more");
  if (total && more) {
    const look = async () => {
      if (document.hidden) return;
      const answer = await fetch("/queue/count", { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) return;
      const [now, ...told] = (await answer.text()).trim().split("\n");
      if (!/^\d+$/.test(now)) return;
      const runs = document.getElementById("runs");
      runs.replaceChildren(...told.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
      runs.hidden = told.length === 0;
      if (now === total.dataset.total) return;
      more.textContent = `${more.dataset.words} ${now}`;
      more.hidden = false;
    };
    setInterval(() => look().catch(() => {}), 10000);
  }
})();
