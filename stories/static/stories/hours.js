/* Offers the time zone that this browser is in, where the form has another; chooses nothing by itself. */
"use strict";
(() => {
  const offer = document.querySelector("[data-zone-offer]");
  const list = document.getElementById("id_time_zone");
  if (!offer || !list) return;
  /* Browsers call some zones by names that the zone database has left behind. */
  const NOW = {
    "Africa/Asmera": "Africa/Asmara", "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Catamarca": "America/Argentina/Catamarca", "America/Coral_Harbour": "America/Atikokan",
    "America/Cordoba": "America/Argentina/Cordoba", "America/Godthab": "America/Nuuk",
    "America/Indianapolis": "America/Indiana/Indianapolis", "America/Jujuy": "America/Argentina/Jujuy",
    "America/Louisville": "America/Kentucky/Louisville", "America/Mendoza": "America/Argentina/Mendoza",
    "Asia/Calcutta": "Asia/Kolkata", "Asia/Katmandu": "Asia/Kathmandu", "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh", "Atlantic/Faeroe": "Atlantic/Faroe", "Europe/Kiev": "Europe/Kyiv",
    "Pacific/Enderbury": "Pacific/Kanton", "Pacific/Ponape": "Pacific/Pohnpei", "Pacific/Truk": "Pacific/Chuuk",
  };
  const named = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const key = NOW[named] ?? named;
  const option = [...list.options].find((one) => one.value === key);
  const look = () => { offer.hidden = !option || (list.value || offer.dataset.server) === key; };
  if (option) offer.querySelector("[data-zone]").textContent = option.text;
  offer.querySelector("button").addEventListener("click", () => { list.value = key; look(); list.focus(); });
  list.addEventListener("change", look);
  look();
})();
