/** The samovar, its pot, and the glass that fills with the share of orders that came by a letter. */
const DRAWING = `
<defs>
  <linearGradient id="brass" x1="0" x2="1" y1="0" y2="0">
    <stop offset="0" stop-color="#7a3d15"/><stop offset=".16" stop-color="#b9692c"/><stop offset=".34" stop-color="#f6d9a6"/>
    <stop offset=".48" stop-color="#d9934a"/><stop offset=".78" stop-color="#a65a24"/><stop offset="1" stop-color="#6a3311"/>
  </linearGradient>
  <linearGradient id="brass-dark" x1="0" x2="1" y1="0" y2="0">
    <stop offset="0" stop-color="#5f2d0e"/><stop offset=".3" stop-color="#d79a55"/><stop offset=".5" stop-color="#a9622a"/><stop offset="1" stop-color="#542609"/>
  </linearGradient>
  <linearGradient id="porcelain" x1="0" x2="1" y1="0" y2="1">
    <stop offset="0" stop-color="#fffaf1"/><stop offset=".6" stop-color="#f1dfc6"/><stop offset="1" stop-color="#cfae88"/>
  </linearGradient>
  <linearGradient id="tea-color" x1="0" x2="0" y1="0" y2="1">
    <stop offset="0" stop-color="#d9762a"/><stop offset=".5" stop-color="#b24a17"/><stop offset="1" stop-color="#7e2c0d"/>
  </linearGradient>
  <radialGradient id="ember" cx=".5" cy=".5" r=".5">
    <stop offset="0" stop-color="#ffb45c" stop-opacity=".55"/><stop offset="1" stop-color="#ffb45c" stop-opacity="0"/>
  </radialGradient>
  <clipPath id="glass-inside"><path d="M240 272C243 290 252 292 250 306C248 317 251 322 256 325H278C283 322 286 317 284 306C282 292 291 290 294 272Z"/></clipPath>
</defs>
<ellipse class="warmth" cx="150" cy="206" rx="150" ry="150" fill="url(#ember)"/>
<g class="steam" fill="none" stroke-linecap="round">
  <path d="M136 52C126 40 146 32 136 20C130 12 136 8 138 4"/>
  <path d="M152 50C142 36 164 28 152 14C148 8 152 4 154 0"/>
  <path d="M168 52C158 42 178 34 168 22C164 16 168 12 170 8"/>
</g>
<ellipse class="tray" cx="186" cy="337" rx="160" ry="15"/>
<ellipse class="tray-inner" cx="186" cy="334" rx="144" ry="10.500"/>
<g class="pot">
  <path d="M176 84C188 80 190 74 196 70L203 72C198 84 190 96 176 100Z" fill="url(#porcelain)"/>
  <path d="M124 78C106 74 104 98 126 99" fill="none" stroke="#d9bd98" stroke-width="5" stroke-linecap="round"/>
  <path d="M122 88C122 74 134 68 150 68S178 74 178 88C178 100 168 108 150 108S122 100 122 88Z" fill="url(#porcelain)"/>
  <path d="M134 70C138 62 162 62 166 70Z" fill="#eed8b8"/><circle cx="150" cy="61" r="4" fill="#b4531f"/>
  <path d="M127 90C140 97 160 97 173 90" fill="none" stroke="#b4531f" stroke-width="2.200" opacity=".75"/>
  <g fill="#b4531f" opacity=".85"><circle cx="138" cy="84" r="2"/><circle cx="150" cy="82" r="2.600"/><circle cx="162" cy="84" r="2"/></g>
</g>
<path d="M124 107H176L172 120H128Z" fill="url(#brass-dark)"/>
<rect x="118" y="119" width="64" height="7" rx="3.500" fill="url(#brass)"/>
<path d="M122 126H178C190 130 204 136 210 146H90C96 136 110 130 122 126Z" fill="url(#brass)"/>
<rect x="84" y="145" width="132" height="8" rx="4" fill="url(#brass-dark)"/>
<g class="handles" fill="none" stroke-linecap="round">
  <path d="M90 172C66 164 58 186 66 200C72 210 84 208 86 200" stroke="url(#brass-dark)" stroke-width="8"/>
  <path d="M210 172C234 164 242 186 234 200C228 210 216 208 214 200" stroke="url(#brass-dark)" stroke-width="8"/>
  <path d="M63 184L65 198M237 184L235 198" stroke="#4a2410" stroke-width="11"/>
</g>
<path d="M86 153H214C222 172 220 196 210 220C202 240 186 254 178 266H122C114 254 98 240 90 220C80 196 78 172 86 153Z" fill="url(#brass)"/>
<path d="M104 160C98 182 102 212 118 240" fill="none" stroke="#fff3da" stroke-width="7" stroke-linecap="round" opacity=".5"/>
<g fill="none" stroke="#5f2d0e" opacity=".42" stroke-width="1.600">
  <path d="M83 168C120 176 180 176 217 168M82 174C120 182 180 182 218 174M93 226C124 236 176 236 207 226M96 232C126 242 174 242 204 232"/>
  <path d="M150 184C139 192 139 206 150 216C161 206 161 192 150 184ZM150 184V216M127 193C131 200 131 204 127 211M173 193C169 200 169 204 173 211M136 200H164"/>
</g>
<path d="M122 266H178L172 276C168 284 168 288 176 296H124C132 288 132 284 128 276Z" fill="url(#brass-dark)"/>
<path d="M116 295H184C190 295 196 302 200 312H100C104 302 110 295 116 295Z" fill="url(#brass)"/>
<path d="M94 311H206V319C206 322 204 323 201 323H99C96 323 94 322 94 319Z" fill="url(#brass-dark)"/>
<g fill="#7a3d15"><circle cx="106" cy="327" r="6.500"/><circle cx="194" cy="327" r="6.500"/><circle cx="150" cy="328" r="6.500"/></g>
<g class="tap">
  <path d="M196 230H250C262 230 268 236 268 246V254H258V248C258 244 256 242 250 242H190Z" fill="url(#brass-dark)"/>
  <path d="M224 231V218M212 214C218 209 230 209 236 214C231 220 217 220 212 214Z" fill="#b9692c" stroke="#7a3d15" stroke-width="4" stroke-linecap="round"/>
  <rect x="255" y="252" width="16" height="5" rx="2.500" fill="#7a3d15"/>
</g>
<path class="drip" d="M263 260C267 266 268 270 263 272C258 270 259 266 263 260Z" fill="#b24a17"/>
<ellipse cx="267" cy="331" rx="38" ry="6.500" class="saucer"/>
<g clip-path="url(#glass-inside)">
  <g id="tea"><rect x="234" y="274" width="66" height="54" fill="url(#tea-color)"/><ellipse cx="267" cy="275" rx="30" ry="4" fill="#e99a4c"/></g>
</g>
<path class="glass" d="M238 268C241 290 252 291 249 306C247 318 250 323 256 327H278C284 323 287 318 285 306C282 291 293 290 296 268"/>
<ellipse class="glass-rim" cx="267" cy="268" rx="29" ry="4.500"/>
<path class="glint" d="M247 276C249 287 255 292 255 302"/>
`;

/** Draws it. Nothing of it comes from outside. */
export function drawSamovar(place) {
  place.innerHTML = DRAWING;
}
