/* An expense that pays a commitment offers its account and what is open of it. Only what nobody has typed is filled in,
   and taken out again when something else is chosen. Without this script one types both. */
(function () {
  "use strict";
  const pays = document.querySelector("[data-pays]");
  if (!pays) return;
  const { account, "amount.amount": amount, "amount.currency": currency } = pays.form.elements;
  const said = pays.form.querySelector("[data-pays-said]");
  const filled = new Map();
  const ours = (field) => field.value === "" || field.value === filled.get(field);

  function put(field, value) {
    if (!ours(field) || field.value === value) return false;
    field.value = value;
    filled.set(field, field.value); // a select takes only what it offers
    return field.value !== "";
  }

  pays.addEventListener("change", function () {
    const chosen = pays.selectedOptions[0].dataset;
    // a sum in another currency is not the one that was agreed
    const sum = !currency || !chosen.currency || currency.value === chosen.currency ? chosen.amount : "";
    const done = [put(account, chosen.account || ""), put(amount, sum || "")];
    said.textContent = done.includes(true) ? said.dataset.text : "";
  });
})();
